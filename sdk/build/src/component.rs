//! From a core module to a component that carries its manifest.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use wasm_encoder::{CustomSection, Encode, Section};
use wit_component::ComponentEncoder;

/// The custom section of the manifest; the host reads it without running anything.
pub const MANIFEST_SECTION: &str = "bote:manifest";

/// Makes the component `to` of a module and its manifest.
pub fn make(module: &Path, manifest: &Path, to: &Path) -> Result<()> {
    let bytes = std::fs::read(module).with_context(|| format!("{} could not be read", module.display()))?;
    let data = std::fs::read(manifest).with_context(|| format!("{} could not be read", manifest.display()))?;
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&bytes)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("{} is no plug-in module", module.display()))?;
    // A plug-in that forgets to export its tool still encodes, into a component without anything.
    let exports = component.windows(SECTION_OF_TOOL.len()).any(|window| window == SECTION_OF_TOOL);
    ensure!(exports, "{} exports no tool: add `bote_guest::export!(YourTool);`", module.display());
    let component = with_manifest(component, &data);
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(to, component).with_context(|| format!("{} could not be written", to.display()))
}

/// The name of the export every plug-in has.
const SECTION_OF_TOOL: &[u8] = b"bote:plugin/tool@1.0.0";

/// The component with a manifest behind it.
pub fn with_manifest(mut component: Vec<u8>, manifest: &[u8]) -> Vec<u8> {
    let section = CustomSection { name: MANIFEST_SECTION.into(), data: manifest.into() };
    component.push(section.id());
    section.encode(&mut component);
    component
}
