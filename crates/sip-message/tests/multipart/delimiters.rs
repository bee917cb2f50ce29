//! Delimiter lines to the letter (RFC 2046 §5.1.1), and what is tolerated.

use super::*;

#[test]
fn the_line_end_before_a_delimiter_belongs_to_it() {
    let multipart = read("--b\r\n\r\nx\r\n\r\n--b\r\n\r\n\r\n\r\n--b\r\n\r\n\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b"x\r\n".as_slice(), b"\r\n", b""]);
    assert_eq!((multipart.preamble(), multipart.epilogue()), (None, None));
    let multipart = read("\r\n--b\r\n\r\n\r\n--b--\r\n").unwrap();
    assert_eq!((multipart.preamble(), multipart.epilogue()), (Some(&[][..]), Some(&[][..])));
}

#[test]
fn padding_is_no_part_of_a_delimiter() {
    let multipart =
        read_with(b"--b \t \r\n\r\nx\r\n--b\t\r\n\r\ny\r\n--b--  ", Tolerances::strict());
    assert_eq!(bodies(&multipart.unwrap()), [b"x", b"y"]);
    assert_eq!(refused("--b\r\n\r\nx\r\n--b --\r\n"), (K::Unclosed, 18));
}

#[test]
fn what_only_looks_like_a_delimiter_is_text() {
    let text = "a --b--\r\n --b--\r\n-b--\r\n--\r\n--c\r\n---b--\r\n--B--\r\na\r--b--\r\n\n--b--x";
    let body = format!("--b\r\n\r\n{text}\r\n--b--");
    let multipart = read_with(body.as_bytes(), Tolerances::strict()).unwrap();
    assert_eq!(bodies(&multipart), [text.as_bytes()]);
    // A line that goes on behind the boundary is text only where that is tolerated.
    for line in ["--bb", "--b--b", "--b-", "--b\tx", "--b\r", "--b\n"] {
        let body = format!("--b\r\n\r\n{line}\r\n--b--");
        let multipart = read(&body).unwrap();
        assert_eq!(bodies(&multipart), [line.as_bytes()]);
        let body = format!("--b\r\n\r\n1\r\n{line}\r\n--b--");
        let multipart = read(&body).unwrap();
        assert_eq!(bodies(&multipart), [format!("1\r\n{line}").as_bytes()]);
        let [deviation] = multipart.deviations() else { panic!("one for {line}") };
        assert_eq!((deviation.rule, deviation.offset), (Rule::BoundaryPrefix, 10));
        let error = read_with(body.as_bytes(), Tolerances::strict()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (K::BoundaryPrefix, 10));
    }
}

#[test]
fn an_outer_delimiter_ends_an_inner_multipart() {
    let body = "--b\r\nContent-Type: multipart/mixed;boundary=i\r\n\r\n\
        --i\r\n\r\nx\r\n--b\r\n\r\ny\r\n--i--\r\n--b--";
    let multipart = read(body).unwrap();
    assert_eq!(multipart.parts().len(), 2);
    let error = multipart.root().multipart().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::Unclosed, 57));
    let multipart = read_with(body.as_bytes(), Tolerances::lenient()).unwrap();
    let inner = multipart.root().multipart().unwrap().unwrap();
    assert_eq!(inner.root().body(), b"x");
}

#[test]
fn lf_alone_ends_lines_where_crlf_makes_no_sense() {
    let bare = |body: &str| -> Vec<String> {
        let multipart = read(body).unwrap();
        assert!(multipart.deviations().iter().any(|d| d.rule == Rule::MultipartBareLf));
        let error = read_with(body.as_bytes(), Tolerances::strict()).unwrap_err();
        assert_eq!(error.kind(), K::BareLf, "{body:?}");
        bodies(&multipart).into_iter().map(|b| String::from_utf8_lossy(b).into()).collect()
    };
    assert_eq!(bare("--b\nContent-Type: a/b\n\nx\ny\n--b\n\n\n--b--\n"), ["x\ny", ""]);
    // The parts may end their lines in CRLF, or the lines around them.
    assert_eq!(bare("--b\nc: application/sdp\n\nv=0\r\n--b--"), ["v=0"]);
    assert_eq!(bare("--b\r\n\r\n<a/>\n--b--\r\n"), ["<a/>"]);
    assert_eq!(bare("hi\n--b\r\n\r\n1\r\n--b\r\n\r\n2\n--b--"), ["1", "2"]);
    // What can be read by the RFC is.
    let multipart = read("--b\r\n\r\nx\n--b\n--b--\ny\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b"x\n--b\n--b--\ny"]);
    assert_eq!(multipart.deviations(), []);
}

#[test]
fn a_body_without_its_end_is_for_the_lenient() {
    let body = "--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n";
    assert_eq!(refused(body), (K::Unclosed, 20));
    let multipart = read_with(body.as_bytes(), Tolerances::lenient()).unwrap();
    assert_eq!(bodies(&multipart), [b"x".as_slice(), b"y\r\n"]);
    assert_eq!(multipart.deviations()[0].rule, Rule::UnclosedMultipart);
}
