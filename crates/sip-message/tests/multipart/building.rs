//! Builders.

use super::*;

#[test]
fn what_is_built_can_be_nested_and_read() {
    let inner = MultipartBuilder::alternative()
        .part(PartBuilder::new("application/sdp", "v=0\r\n"))
        .part(PartBuilder::new("application/newer", "v=1"))
        .build()
        .unwrap();
    let outer = MultipartBuilder::related("multipart/alternative")
        .param("start", "<a@b>")
        .part(PartBuilder::untyped("first"))
        .part(PartBuilder::multipart(inner.clone()).content_id("a@b"))
        .build()
        .unwrap();
    assert_ne!(inner.content_type(), outer.content_type());
    let media = MediaType::decode_with(outer.content_type().as_bytes(), Tolerances::strict());
    let multipart = Multipart::parse(outer.bytes().clone(), media.unwrap()).unwrap();
    assert_eq!(multipart.root().content_id(), Some(&b"a@b"[..]));
    let nested = multipart.root().multipart().unwrap().unwrap();
    assert_eq!(nested.as_bytes(), &inner.bytes()[..]);
    assert_eq!(
        nested.parts().map(|part| part.body()).collect::<Vec<_>>(),
        [&b"v=0\r\n"[..], b"v=1"]
    );
    assert_eq!(multipart.deviations(), []);
}

#[test]
fn injection_is_refused() {
    let part = || PartBuilder::untyped("x");
    for bad in ["a\r\nb: c", "a\nb", "a\rb", "a\0b", "\r\n", "a\x7f"] {
        assert_eq!(part().header("X", bad).error(), Some(BodyError::Control), "{bad:?}");
        assert_eq!(part().content_id(bad).error(), Some(BodyError::Control));
        assert_eq!(
            part().disposition(bad, Handling::Required).error(),
            Some(BodyError::Disposition)
        );
        assert_eq!(part().header(bad, "x").error(), Some(BodyError::Name));
        assert_eq!(PartBuilder::new(bad, "x").error(), Some(BodyError::ContentType));
        let mixed = MultipartBuilder::mixed;
        assert_eq!(mixed().param("x", bad).error(), Some(BodyError::Control));
        assert_eq!(mixed().param(bad, "x").error(), Some(BodyError::Name));
        assert_eq!(mixed().boundary(bad).error(), Some(BodyError::Boundary));
        assert_eq!(mixed().boundary_prefix(bad).error(), Some(BodyError::Boundary));
        assert_eq!(MultipartBuilder::new(bad).error(), Some(BodyError::ContentType));
    }
    assert_eq!(part().header("Content-Type", "text").error(), Some(BodyError::ContentType));
    let typed = PartBuilder::new("a/b", "x");
    assert_eq!(typed.header("c", "a/c").error(), Some(BodyError::DuplicateHeader));
    assert_eq!(MultipartBuilder::mixed().build().unwrap_err(), BodyError::NoParts);
    let fixed = MultipartBuilder::mixed().boundary("b");
    let built = fixed.clone().part(PartBuilder::untyped("--b"));
    assert_eq!(built.build().unwrap_err(), BodyError::BoundaryOccurs);
    assert!(fixed.part(PartBuilder::untyped("-b")).build().is_ok());
    for bad in ["", "b ", "b*", &"b".repeat(71)] {
        assert_eq!(MultipartBuilder::mixed().boundary(bad).error(), Some(BodyError::Boundary));
    }
    let late =
        MultipartBuilder::mixed().part(part().header("X", "\n")).part(part()).param("b", "\r");
    assert_eq!(late.build().unwrap_err(), BodyError::Control);
}
