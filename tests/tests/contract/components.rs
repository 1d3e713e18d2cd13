//! Components for tests: made by hand, or built ones with another manifest.

use std::fs;

use bote_tests::plugins::plugins_folder;

/// The custom section of a manifest.
const SECTION: &str = "bote:manifest";

/// A built component whose manifest was changed.
pub(crate) fn edited(file: &str, edit: impl FnOnce(&str) -> String) -> Vec<u8> {
    let mut component = fs::read(plugins_folder().join(file)).expect("the plug-ins are built");
    // The manifest is the last section: its name with a length before it, then the text.
    let name = [&[SECTION.len() as u8], SECTION.as_bytes()].concat();
    let at = component.windows(name.len()).rposition(|window| window == name).expect("it has a manifest");
    let before = std::str::from_utf8(&component[at + name.len()..]).expect("a manifest is text");
    let after = edit(before);
    assert_ne!(after, before, "the manifest is not as the test expects it");
    // Before the name stand the section's length, as short as can be, and its id.
    let length = component.len() - at;
    let bytes = (1..).find(|bytes| length >> (7 * bytes) == 0).expect("a length is a number");
    component.truncate(at - bytes - 1);
    manifest(&mut component, &after);
    component
}

/// A component that imports one function of one interface and whose manifest is in order.
pub(crate) fn importing(name: &str) -> Vec<u8> {
    const MANIFEST: &str = r#"
        [plugin]
        id = "test.curious"
        version = "0.1.0"
        api = "1.0"

        [capabilities]
        usage = { pt-BR = "?", en = "?" }

        [[tool]]
        name = "curious"
        title = { pt-BR = "?", en = "?" }
        description = { pt-BR = "?", en = "?" }
        risk = "read"
        permission = "conn.history"
    "#;
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    // Types: one, an instance of two declarations: the type `func()`, and `f` of it.
    section(&mut component, 7, &[1, 0x42, 2, 1, 0x40, 0, 1, 0, 4, 0, 1, b'f', 1, 0]);
    // Imports: one, an instance of that type.
    let import = [&[1, 0][..], &length(name.len()), name.as_bytes(), &[5, 0]].concat();
    section(&mut component, 10, &import);
    manifest(&mut component, MANIFEST);
    component
}

fn manifest(component: &mut Vec<u8>, text: &str) {
    let content = [&[SECTION.len() as u8], SECTION.as_bytes(), text.as_bytes()].concat();
    section(component, 0, &content);
}

fn section(component: &mut Vec<u8>, id: u8, content: &[u8]) {
    component.push(id);
    component.extend(length(content.len()));
    component.extend(content);
}

/// LEB128 in two bytes, enough for what is written here.
fn length(length: usize) -> [u8; 2] {
    let low = u8::try_from(length & 0x7f).expect("seven bits");
    [low | 0x80, u8::try_from(length >> 7).expect("short content")]
}
