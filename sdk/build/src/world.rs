//! The world of one plug-in: the interfaces that its manifest asks for and those that every plug-in has, and no others. Guests
//! in Python or JavaScript import the whole world they are built against, so this is the most that one of them can ever do.

use std::fmt::Write as _;

/// The interfaces every plug-in may import: they reach nothing but the call itself.
const GIVEN: [&str; 4] = ["types", "domain", "call", "output"];
/// The contract the world is of.
const VERSION: &str = "1.0.0";

/// The name of the world.
pub const WORLD: &str = "this-plugin";

/// A WIT package with the world of a plug-in that uses these capabilities, and exports `forms` as well when it has choices of
/// its own. The contract's package lies beside it, in `deps`.
pub fn world<'a>(capabilities: impl IntoIterator<Item = &'a str>, forms: bool) -> String {
    let mut text = "// Written by `bote plugin world` from the manifest: write it anew when [capabilities] changes.\n\
        package this:plugin;\n\nworld this-plugin {\n"
        .to_owned();
    let imports = GIVEN.into_iter().chain(capabilities).map(|name| ("import", name));
    let exports = ["tool", "forms"].into_iter().take(if forms { 2 } else { 1 }).map(|name| ("export", name));
    for (word, interface) in imports.chain(exports) {
        // Writing to a string does not fail.
        _ = writeln!(text, "    {word} bote:plugin/{interface}@{VERSION};");
    }
    text + "}\n"
}
