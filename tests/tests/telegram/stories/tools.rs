//! Tools, and what plug-ins are granted.

use super::cast::Deed::*;
use super::cast::Scene::*;
use super::cast::{ana, teo};
use super::{Given, Story};

pub(crate) const STORIES: &[Story] = &[
    Story {
        name: "tool_in_private",
        scene: InPrivate,
        given: Given::HeldByTeo(1042),
        does: &["run_tool"],
        refused: &[],
        acts: &[teo(Says("/ferramenta AAAAMM.1")), teo(Presses("24 horas")), teo(Presses("24 horas"))],
    },
    Story {
        name: "tool_among_staff",
        scene: AmongStaff,
        given: Given::HeldByTeo(1045),
        does: &[],
        refused: &["run_tool"],
        acts: &[teo(Says("/ver AAAAMM.1")), teo(Presses("🛠 Ferramenta")), teo(Says("/ferramenta AAAAMM.1")).aside()],
    },
    Story {
        name: "tool_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::HeldByTeo(1046),
        does: &[],
        refused: &["run_tool"],
        acts: &[teo(Says("/ferramenta AAAAMM.1"))],
    },
    Story {
        name: "granting_in_private",
        scene: InPrivate,
        given: Given::Nothing,
        does: &["grant_plugin"],
        refused: &[],
        acts: &[
            teo(Says("/plugins")),
            ana(Says("/plugins")),
            ana(Presses("bote.online")),
            ana(Presses("✓ Conceder o que pede")),
        ],
    },
    Story {
        name: "granting_among_staff",
        scene: AmongStaff,
        given: Given::Nothing,
        does: &[],
        refused: &["grant_plugin"],
        acts: &[teo(Says("/plugins")), ana(Says("/plugins"))],
    },
    Story {
        name: "granting_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::Nothing,
        does: &[],
        refused: &["grant_plugin"],
        acts: &[ana(Says("/plugins"))],
    },
];
