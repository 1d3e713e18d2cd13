//! Whose a ticket is: claimed, given back, taken over, and looked at anew.

use super::cast::Deed::*;
use super::cast::Scene::*;
use super::cast::{ana, caio, teo, ze};
use super::{Given, Story};

pub(crate) const STORIES: &[Story] = &[
    Story {
        name: "claiming_in_private",
        scene: InPrivate,
        given: Given::Waiting(1017),
        does: &["claim", "give_back", "express_query"],
        refused: &[],
        acts: &[
            teo(Says("/fila")),
            teo(Presses("AAAAMM.1")),
            teo(Presses("🛟 Resgatar")),
            teo(Says("/meus")),
            teo(Presses("🔎 Consulta")),
            teo(Presses("↩ Devolver")),
            teo(Says("/consulta")),
            teo(Presses("🛟 Resgatar e continuar")),
            ana(Says("/ver AAAAMM.1")),
            ana(Presses("🛟 Assumir")),
            teo(Says("/devolver")),
        ],
    },
    Story {
        name: "claiming_among_staff",
        scene: AmongStaff,
        given: Given::Waiting(1018),
        does: &["claim", "give_back", "express_query"],
        refused: &[],
        acts: &[
            teo(Says("/fila")),
            teo(Says("/resgatar AAAAMM.1")),
            teo(Presses("🔎 Consulta")),
            caio(Says("/resgatar AAAAMM.1")),
            teo(Presses("↩ Devolver")),
            caio(Says("/resgatar AAAAMM.1")),
            ana(Says("/ver AAAAMM.1")),
            ana(Presses("🛟 Assumir")),
            caio(Says("/devolver AAAAMM.1")).aside(),
        ],
    },
    Story {
        name: "claiming_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::HeldByTeo(1021),
        does: &[],
        refused: &["claim", "give_back", "express_query"],
        acts: &[
            teo(Says("/ver AAAAMM.1")),
            teo(Says("/meus")),
            teo(Says("/devolver AAAAMM.1")),
            ana(Says("/resgatar AAAAMM.1")),
            ana(Says("/consulta AAAAMM.1")),
            ze(Says("/ver AAAAMM.1")),
        ],
    },
];
