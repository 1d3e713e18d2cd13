//! What an administrator left out: a capability that is optional and not granted is denied by each of its calls.

use std::fs;

use bote_runtime::{Capability, Limits, Runtime};
use bote_sdk::tool::{Outcome, ToolEnd};
use bote_sdk::traits::ToolBox as _;
use bote_testkit::{Replay, Scene};

use crate::components::edited;
use crate::counting::{count, counted};
use crate::{corpus, granted, options, refused};

const SURVEY: &str = "bote.survey";
/// The tool that uses every capability and ends with the first failure.
const TOOL: &str = "bote.survey/capabilities";

/// A host with the survey, which calls this capability optional and was granted all others.
fn host_without(capability: Capability) -> (tempfile::TempDir, Runtime) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = capability.name();
    let (asked, optional) = (format!("\n{name} = {{ "), format!("\n{name} = {{ optional = true, "));
    let survey = edited("survey.wasm", |manifest| manifest.replacen(&asked, &optional, 1));
    fs::write(folder.path().join("survey.wasm"), survey).expect("it can be written to");
    let others = Capability::ALL.into_iter().filter(|other| *other != capability);
    let grants: Vec<_> = others.map(|other| (SURVEY, other.name())).collect();
    let options = options(folder.path().to_owned(), Limits::standard(), granted(&grants));
    let devices = Box::new(Replay::of(corpus::recorded()));
    let host = Runtime::with_devices(&options, devices).expect("the host starts");
    (folder, host)
}

async fn surveyed(host: &Runtime, scene: &Scene) -> ToolEnd {
    host.call(scene.call(TOOL, &[("equipment", "221011")])).await
}

#[test]
fn every_capability_that_is_optional_and_not_granted_is_denied() {
    for capability in Capability::ALL {
        let (_folder, host) = host_without(capability);
        let name = capability.name();
        match capability {
            // Its functions have no way to say no, so it cannot be left out.
            Capability::Clock => {
                let why = refused(&host, "survey.wasm");
                assert!(why.contains("`clock` cannot be optional"), "{why}");
                continue;
            }
            // A line that may not be written is dropped, and the tool goes on.
            Capability::Log => {
                let scene = corpus::scene();
                let (end, _) = counted(async { surveyed(&host, &scene).await });
                assert_eq!(end.outcome, Outcome::Done, "{end:?}");
                assert!(host.plugins().iter().all(|view| view.log.is_empty()), "{:?}", host.plugins());
                continue;
            }
            Capability::Tickets
            | Capability::Usage
            | Capability::Sessions
            | Capability::DeviceHttp
            | Capability::Store => {}
        }
        let scene = corpus::scene();
        let (end, all) = counted(async { surveyed(&host, &scene).await });
        let words = "A ferramenta não tem permissão para isso.";
        assert_eq!((end.outcome, end.message.as_deref()), (Outcome::Failed, Some(words)), "{name}: {end:?}");
        assert_eq!(count(&all, "bote_plugin_denials_total", &[("plugin", SURVEY), ("capability", name)]), 1, "{name}");
        if capability == Capability::Tickets {
            let written = scene.written();
            assert!(written.comments.is_empty() && written.files.is_empty(), "{written:?}");
        }
    }
}
