//! Options, exit codes, files that are not there, pipes that close.

use std::io::Read;
use std::process::Stdio;

use crate::sip::{Run, command, file, finish, run};

const GOOD: &[u8] = b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
    Max-Forwards: 70\r\n\
    From: <sip:alice@atlanta.example>;tag=1\r\n\
    To: <sip:bob@biloxi.example>\r\n\
    Call-ID: a84b4c76e66710\r\n\
    CSeq: 1 OPTIONS\r\n\
    Content-Length: 0\r\n\r\n";
const REFUSED: &[u8] = b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\nVia\r\n\r\n";

#[test]
fn good_messages_are_fine() {
    for args in [&["parse", "-"][..], &["lint", "-"], &["parse", "--strict", "--stream", "-"]] {
        let run = run(args, GOOD);
        assert_eq!((run.code, &*run.stderr), (0, ""), "{args:?}\n{}", run.stdout);
    }
    assert_eq!(run(&["lint", "-"], GOOD).stdout, "no findings in 1 message\n");
}

#[test]
fn the_worst_code_wins_and_all_files_are_handled() {
    let (good, refused) = (file("good.sip", GOOD), file("refused.sip", REFUSED));
    let codes = |files: &[&str]| {
        let both = ["parse", "lint"].map(|command| {
            let mut args = vec![command, "--json"];
            args.extend(files);
            let run = run(&args, b"");
            (run.code, run.json().len())
        });
        (both[0], both[1])
    };
    assert_eq!(codes(&[&good]), ((0, 1), (0, 0)));
    assert_eq!(codes(&[&good, &refused]), ((1, 2), (1, 1)));
    assert_eq!(codes(&[&refused, &good]), ((1, 2), (1, 1)));
    assert_eq!(codes(&["/nonexistent", &refused, &good]), ((2, 2), (2, 1)));
}

#[test]
fn what_cannot_be_read_is_code_2() {
    for path in ["/nonexistent/file.sip", env!("CARGO_TARGET_TMPDIR")] {
        let Run { code, stdout, stderr } = run(&["parse", path], b"");
        assert_eq!((code, &*stdout), (2, ""));
        assert!(stderr.starts_with(&format!("sip: cannot read {path}: ")), "{stderr}");
    }
    let twice = run(&["parse", "-", "-"], GOOD);
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("standard input"), "{}", twice.stderr);
}

#[test]
fn a_file_beyond_the_bound_is_not_read() {
    let run = run(&["lint", "-"], &vec![b'\n'; (64 << 20) + 1]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("more than 64 MiB"), "{}", run.stderr);
}

#[test]
fn wrong_use_is_code_2() {
    for args in [
        &[][..],
        &["parse"],
        &["lint"],
        &["frobnicate"],
        &["parse", "--strict", "--lenient", "-"],
        &["lint", "--no-such-option", "-"],
    ] {
        let run = run(args, b"");
        assert_eq!((run.code, &*run.stdout), (2, ""), "{args:?}");
        assert!(run.stderr.contains("Usage: sip"), "{}", run.stderr);
    }
}

#[test]
fn help_tells_a_newcomer_what_to_do() {
    for args in [&["--help"][..], &["parse", "--help"], &["lint", "--help"]] {
        let run = run(args, b"");
        assert_eq!(run.code, 0);
        for needed in ["Examples:", "Exit codes:", "sip parse", "Usage: sip"] {
            let needed =
                if args[0] == "lint" { needed.replace("parse", "lint") } else { needed.into() };
            assert!(run.stdout.contains(&needed), "{args:?}: no {needed}\n{}", run.stdout);
        }
    }
    let version = run(&["--version"], b"");
    assert_eq!(version.stdout, format!("sip {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let many = file("many.stream", &GOOD.repeat(4000));
    let bad = String::from_utf8(GOOD.to_vec()).unwrap().replace("CSeq: 1", "CSeq: x");
    let many_bad = file("many-bad.stream", bad.repeat(4000).as_bytes());
    for (args, path) in [
        (&["parse"][..], &many),
        (&["parse", "--json"], &many_bad),
        (&["lint"], &many_bad),
        (&["lint", "--json"], &many_bad),
    ] {
        let mut command = command();
        command.args(args).args(["--stream", path]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut start = [0; 10];
        stdout.read_exact(&mut start).unwrap();
        drop(stdout);
        let run = finish(child.wait_with_output().unwrap());
        assert_eq!(run.stderr, "", "{args:?}");
        assert!(run.code <= 1, "{args:?}");
    }
}

#[test]
fn colour_is_for_terminals_only() {
    for args in [["parse", "-"], ["lint", "-"]] {
        assert!(!run(&args, REFUSED).stdout.contains('\x1b'), "{args:?}");
    }
    let path = file("colour.sip", GOOD);
    let mut forced = command();
    let output = forced.args(["parse", &path]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(finish(output).stdout.contains("\x1b["));
    // Programs get no styles even so.
    let output = command().args(["parse", "--json", &path]).env("CLICOLOR_FORCE", "1").output();
    assert!(!finish(output.unwrap()).stdout.contains('\x1b'));
}

#[test]
fn what_a_terminal_would_act_upon_does_not_reach_it() {
    let hostile = "OPTIONS sip:a@b SIP/2.0\r\nSubject: \x1b[31mred\x07\u{9b}2J\u{202e}\r\n\
        X-Other: \x1b]0;title\x07\u{7f}\r\n\x1b[0m: x\r\n\r\n";
    for args in [
        &["parse", "--lenient", "-"][..],
        &["lint", "--lenient", "-"],
        &["parse", "--json", "--lenient", "-"],
        &["lint", "--json", "--lenient", "-"],
    ] {
        for input in [hostile, &hostile.replace("\x1b[0m: x\r\n", "")] {
            let run = run(args, input.as_bytes());
            let bad = |c: char| c.is_control() && c != '\n';
            assert!(!run.stdout.contains(bad), "{args:?}: {:?}", run.stdout);
        }
    }
}
