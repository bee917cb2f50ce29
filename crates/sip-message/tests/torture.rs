//! The torture messages of RFC 4475 and RFC 5118, against `testdata/torture/expected.tsv`.

#[path = "common/facts.rs"]
mod facts;

use sip_message::{Finding, Message, Method, ParseError, Parser, Tolerances, Validator, lint};
use sip_testkit::corpus::{self, Outcome, Torture};

use facts::{fact, uri_fact};

fn parse(bytes: &[u8], tolerances: Tolerances) -> Result<Message, ParseError> {
    Parser::new().tolerances(tolerances).parse(bytes.to_vec())
}

/// The status to answer with and where the first fault is said to be.
fn verdict(message: &Message) -> Vec<(Option<u16>, String)> {
    let validator = Validator::user_agent();
    let place = |header: Option<sip_message::HeaderName<'_>>, name: &str| match header {
        Some(header) => header.to_string(),
        None if name == "version" => "SIP-Version".into(),
        None => "Request-URI".into(),
    };
    validator
        .check(message)
        .iter()
        .filter(|problem| problem.name() != "not-for-us")
        .map(|p| (p.status().map(sip_message::StatusCode::code), place(p.header(), p.name())))
        .collect()
}

#[test]
fn there_are_all_sixty_one() {
    let rows = corpus::torture();
    assert_eq!(rows.iter().filter(|row| row.file.starts_with("rfc4475/")).count(), 49);
    assert_eq!(rows.iter().filter(|row| row.file.starts_with("rfc5118")).count(), 12);
}

#[test]
fn each_is_accepted_or_refused_as_the_table_says() {
    for row in corpus::torture() {
        let result = parse(&row.bytes, Tolerances::default());
        let Ok(message) = &result else {
            assert!(matches!(row.default, Outcome::Refuse | Outcome::Either), "{}", row.file);
            continue;
        };
        assert_eq!(matches!(message, Message::Request(_)), row.is_request, "{}", row.file);
        let findings = lint(message);
        let deviates = findings.iter().any(|finding| finding.name() != "discarded-octets");
        match row.default {
            Outcome::Accept => {}
            Outcome::AcceptWithDeviation => assert!(deviates, "{} should deviate", row.file),
            Outcome::Either => assert!(
                deviates || !verdict(message).is_empty(),
                "{} was accepted without a word",
                row.file
            ),
            Outcome::Refuse => panic!("{} should be refused", row.file),
        }
    }
}

/// The facts of a row that do not hold.
fn wrong_values(row: &Torture) -> Vec<String> {
    let Ok(message) = parse(&row.bytes, Tolerances::default()) else { return Vec::new() };
    let show = |bytes: &[u8]| bytes.escape_ascii().to_string();
    let faulty = |path: &str| {
        row.faults.iter().any(|fault| path.starts_with(&fault.place.to_ascii_lowercase()))
    };
    let facts = row.facts.iter().map(|(path, expected)| (path, expected, fact(&message, path)));
    let uris = row.uris.iter().map(|(path, expected)| (path, expected, uri_fact(&message, path)));
    facts
        .chain(uris)
        // What the grammar refuses has no typed value; the table gives its raw text.
        .filter(|(path, _, found)| !(found.is_none() && faulty(path)))
        .filter(|(_, expected, found)| found.as_ref() != Some(*expected))
        .map(|(path, expected, found)| {
            format!("{path}: {:?} for {}", found.as_deref().map(show), show(expected))
        })
        .collect()
}

/// `expected_failures.txt` names the messages that are known to fail, a line each with a reason
/// behind a space. One that passes all the same fails this test.
#[test]
fn each_has_the_values_that_the_table_says() {
    let known = corpus::read("torture/expected_failures.txt");
    let known = String::from_utf8(known).expect("a text file");
    let known: Vec<&str> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' ').map(|(file, _)| file))
        .collect();
    for row in corpus::torture() {
        let wrong = wrong_values(&row);
        let expected = known.contains(&row.file.as_str());
        assert_eq!(!wrong.is_empty(), expected, "{}: {wrong:#?}", row.file);
    }
}

#[test]
fn each_fault_is_found_at_its_place_under_strict_rules() {
    for row in corpus::torture() {
        match parse(&row.bytes, Tolerances::strict()) {
            Err(error) => assert!(
                row.faults.iter().any(|fault| near(fault, error.offset(), 0)),
                "{}: {error}",
                row.file
            ),
            Ok(message) => {
                let findings = lint(&message);
                for fault in row.faults.iter().filter(|fault| is_linted(&message, fault)) {
                    assert!(
                        findings.iter().any(|finding| near(fault, finding.offset(), finding.len())),
                        "{}: nothing at {} {}: {:?}",
                        row.file,
                        fault.at,
                        fault.what,
                        findings.iter().map(Finding::offset).collect::<Vec<_>>()
                    );
                }
            }
        }
    }
}

/// At the byte, or before it in the same element: a value has one error, its first, and an open
/// quote is best shown where it opens.
fn near(fault: &corpus::Fault, offset: usize, len: usize) -> bool {
    (offset..=offset + len).contains(&fault.at)
        || (fault.element.start..=fault.at).contains(&offset)
}

/// Whether the table of headers has the one that the fault is in.
fn is_linted(message: &Message, fault: &corpus::Fault) -> bool {
    let mut lines = message.headers().iter().filter(|line| line.range().contains(&fault.at));
    lines.all(|line| line.name().is_known())
}

#[test]
fn validation_gives_the_status_that_the_table_says() {
    for row in corpus::torture() {
        let statuses: Vec<&str> = row.validate.split(' ').filter(|w| is_status(w)).collect();
        let places: Vec<&str> =
            row.validate.split(' ').filter(|w| !is_status(w) && *w != "or").collect();
        match parse(&row.bytes, Tolerances::default()) {
            Err(error) => {
                let status =
                    error.status().map_or_else(|| "drop".into(), |status| status.to_string());
                assert!(statuses.contains(&status.as_str()), "{}: {error}", row.file);
            }
            Ok(message) => {
                let verdict = verdict(&message);
                let Some((status, _)) = verdict.first() else {
                    // Where the RFC leaves the choice, a tolerance may have taken it.
                    let tolerated = row.default == Outcome::Either && !lint(&message).is_empty();
                    assert!(tolerated || statuses.contains(&"ok"), "{} has no problem", row.file);
                    continue;
                };
                let status = status.map_or_else(|| "drop".into(), |status| status.to_string());
                assert!(statuses.contains(&status.as_str()), "{}: {verdict:?}", row.file);
                for place in places {
                    assert!(verdict.iter().any(|(_, p)| p == place), "{}: {verdict:?}", row.file);
                }
            }
        }
    }
}

fn is_status(word: &str) -> bool {
    word == "ok" || word == "drop" || word.starts_with(|c: char| c.is_ascii_digit())
}

#[test]
fn an_element_that_does_not_know_the_method_says_501_before_400() {
    let row = row("rfc4475/mismatch02.dat");
    let message = parse(&row.bytes, Tolerances::default()).unwrap();
    let problems = Validator::user_agent().methods(Method::REGISTERED).check(&message);
    let statuses: Vec<_> = problems
        .iter()
        .filter_map(sip_message::Problem::status)
        .map(sip_message::StatusCode::code)
        .collect();
    assert_eq!(statuses, [501, 400]);
}

#[test]
fn a_user_agent_and_a_proxy_each_answer_420_for_their_own_extensions() {
    let message = parse(&row("rfc4475/bext01.dat").bytes, Tolerances::default()).unwrap();
    for (validator, header) in
        [(Validator::user_agent(), "Require"), (Validator::proxy(), "Proxy-Require")]
    {
        let problems = validator.extensions(&["100rel"]).check(&message);
        assert_eq!(problems.len(), 2);
        for problem in problems {
            assert_eq!(problem.status().unwrap().code(), 420);
            assert_eq!(problem.header().unwrap().as_str(), header);
        }
    }
}

#[test]
fn only_a_proxy_answers_483_to_zero_forwards() {
    let message = parse(&row("rfc4475/zeromf.dat").bytes, Tolerances::default()).unwrap();
    assert!(Validator::user_agent().check(&message).is_empty());
    let problems = Validator::proxy().check(&message);
    assert_eq!(problems[0].status().unwrap().code(), 483);
}

#[test]
fn an_unknown_body_is_415_and_an_unknown_scheme_416() {
    let message = parse(&row("rfc4475/invut.dat").bytes, Tolerances::default()).unwrap();
    let problems = Validator::user_agent().content_types(&[("application", "sdp")]).check(&message);
    assert_eq!(problems[0].status().unwrap().code(), 415);
    for file in ["rfc4475/unkscm.dat", "rfc4475/novelsc.dat"] {
        let message = parse(&row(file).bytes, Tolerances::default()).unwrap();
        let problems = Validator::user_agent().check(&message);
        assert_eq!(problems[0].status().unwrap().code(), 416, "{file}");
    }
}

#[test]
fn a_response_with_two_vias_is_not_for_a_user_agent() {
    let message = parse(&row("rfc4475/bcast.dat").bytes, Tolerances::default()).unwrap();
    assert_eq!(Validator::user_agent().check(&message)[0].name(), "not-for-us");
    assert!(Validator::proxy().check(&message).is_empty());
}

/// The archived forms of RFC 5118 end their lines in LF; three state a length that only another
/// line end would make right, and two lack the empty line.
#[test]
fn the_archived_forms_with_bare_lf_have_the_same_values() {
    for row in corpus::torture().iter().filter(|row| row.file.starts_with("rfc5118")) {
        let name = row.file.rsplit('/').next().unwrap();
        let bytes = corpus::read(&format!("torture/rfc5118/{name}"));
        let short = ["ipv6-in-sdp", "mult-ip-in-sdp"].contains(&name);
        assert!(parse(&bytes, Tolerances::strict()).is_err(), "{name}");
        assert_eq!(parse(&bytes, Tolerances::default()).is_err(), short, "{name}");
        let message = parse(&bytes, Tolerances::lenient()).unwrap();
        let rules: Vec<_> = message.deviations().iter().map(|d| d.rule.name()).collect();
        assert!(rules.contains(&"bare-lf"), "{name}");
        assert_eq!(rules.contains(&"short-body"), short, "{name}");
        for (path, expected) in row.facts.iter().filter(|(path, _)| !path.contains("_len")) {
            if path == "content-length" {
                continue;
            }
            assert_eq!(fact(&message, path).as_ref(), Some(expected), "{name} {path}");
        }
        for (path, expected) in &row.uris {
            assert_eq!(uri_fact(&message, path).as_ref(), Some(expected), "{name} {path}");
        }
    }
}

fn row(file: &str) -> Torture {
    corpus::torture().into_iter().find(|row| row.file == file).expect("a row of the table")
}
