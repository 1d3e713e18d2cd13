//! What people set for themselves and for a group: language, company, what the group is.

use super::cast::Deed::*;
use super::cast::Scene::*;
use super::cast::{ana, caio, teo};
use super::{Given, Story};

pub(crate) const STORIES: &[Story] = &[
    Story {
        name: "classifying_in_private",
        scene: InPrivate,
        given: Given::Nothing,
        does: &[],
        refused: &["classify_channel"],
        acts: &[ana(Says("/canal")), ana(Says("/canal equipe"))],
    },
    Story {
        name: "classifying_among_staff",
        scene: AmongStaff,
        given: Given::HeldByTeo(1049),
        does: &["classify_channel"],
        refused: &[],
        acts: &[
            teo(Says("/canal cliente")),
            ana(Says("/canal")),
            ana(Says("/canal família")),
            teo(Says("/ver AAAAMM.1")),
            ana(Says("/canal cliente")),
            teo(Says("/ver AAAAMM.1")),
        ],
    },
    Story {
        name: "classifying_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::Nothing,
        does: &["classify_channel"],
        refused: &[],
        acts: &[teo(Says("/canal equipe")), ana(Says("/canal")), ana(Says("/canal equipe")), ana(Says("/ajuda"))],
    },
    Story {
        name: "choosing_company_in_private",
        scene: InPrivate,
        given: Given::HeldByTeo(1050),
        does: &["choose_scope"],
        refused: &[],
        acts: &[
            teo(Says("/empresa")),
            teo(Presses("Rádio Exemplo")),
            teo(Says("/ver AAAAMM.1")),
            teo(Says("/empresa")),
            teo(Presses("TODAS as empresas")),
            teo(Says("/ver AAAAMM.1")),
        ],
    },
    Story {
        name: "choosing_company_among_staff",
        scene: AmongStaff,
        given: Given::Nothing,
        does: &["choose_scope"],
        refused: &[],
        acts: &[
            caio(Says("/empresa")),
            caio(Presses("Rádio Exemplo")),
            caio(Says("/empresa")),
            caio(Presses("TODAS as empresas")),
        ],
    },
    Story {
        name: "choosing_company_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::Nothing,
        does: &[],
        refused: &["choose_scope"],
        acts: &[teo(Says("/empresa"))],
    },
    Story {
        name: "choosing_language_in_private",
        scene: InPrivate,
        given: Given::HeldByTeo(1053),
        does: &["choose_language"],
        refused: &[],
        acts: &[
            teo(Says("/idioma")),
            teo(Presses("English")),
            teo(Says("/show AAAAMM.1")),
            teo(Says("/language")),
            teo(Presses("Português")),
        ],
    },
    Story {
        name: "choosing_language_among_staff",
        scene: AmongStaff,
        given: Given::HeldByTeo(1054),
        does: &["choose_language"],
        refused: &[],
        acts: &[
            caio(Says("/idioma")),
            caio(Presses("English")),
            caio(Says("/show AAAAMM.1")),
            teo(Says("/cancelar")),
            caio(Says("/language")),
            caio(Presses("Português")),
        ],
    },
    Story {
        name: "choosing_language_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::Nothing,
        does: &[],
        refused: &["choose_language"],
        acts: &[teo(Says("/idioma"))],
    },
];
