//! What is added to a ticket: comments, their correction, files.

use super::cast::Deed::*;
use super::cast::Scene::*;
use super::cast::{caio, teo};
use super::{Given, Story};

/// Longer than what a group of the staff is shown of a public comment, with a number that is masked there.
const LONG: &str =
    "Técnico a caminho, chega entre 14h e 16h. Em caso de dúvida, ligue para 35 98888-7777 e fale com a central.";

pub(crate) const STORIES: &[Story] = &[
    Story {
        name: "commenting_in_private",
        scene: InPrivate,
        given: Given::Waiting(1022),
        does: &["claim", "add_comment", "edit_last_comment"],
        refused: &[],
        acts: &[
            teo(Says("/comentar AAAAMM.1 Poste trocado.")),
            teo(Presses("🛟 Resgatar e continuar")),
            teo(Presses("🔴 Privado")),
            teo(Presses("✏ Editar")),
            teo(Says("Poste e caixa trocados.")),
            teo(Says("/comentar")),
            teo(Presses("🔵 Público")),
            teo(Says(LONG)),
            teo(Changes("Técnico a caminho", "Técnico a caminho, chega entre 15h e 17h.")),
            teo(Says("/historico")),
        ],
    },
    Story {
        name: "commenting_among_staff",
        scene: AmongStaff,
        given: Given::HeldByTeo(1026),
        does: &["add_comment", "edit_last_comment"],
        refused: &[],
        acts: &[
            teo(Says("/comentar AAAAMM.1")),
            teo(Presses("🔴 Privado")),
            teo(Answers("Poste trocado.")),
            teo(Presses("✏ Editar")),
            teo(Says("/editar AAAAMM.1")).aside(),
            teo(Says("Poste e caixa trocados.")).aside(),
            caio(Says("/comentar AAAAMM.1 Posso ajudar.")),
            teo(Says("/comentar AAAAMM.1")),
            teo(Presses("🔵 Público")),
            teo(Answers(LONG)),
            teo(Presses("✏ Editar")),
            teo(Answers("Técnico a caminho, chega entre 15h e 17h. Ligue para 35 98888-7777.")),
            teo(Says("/historico AAAAMM.1")),
        ],
    },
    Story {
        name: "commenting_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::HeldByTeo(1029),
        does: &[],
        refused: &["add_comment", "edit_last_comment"],
        acts: &[
            teo(Says("/comentar AAAAMM.1 Poste trocado.")),
            teo(Says("/editar AAAAMM.1 Poste e caixa trocados.")),
            teo(Changes("/comentar", "/comentar AAAAMM.1 Caixa trocada.")),
            teo(Says("/historico AAAAMM.1")),
        ],
    },
    Story {
        name: "attaching_in_private",
        scene: InPrivate,
        given: Given::HeldByTeo(1030),
        does: &["attach"],
        refused: &[],
        acts: &[
            teo(Says("/anexar AAAAMM.1")),
            teo(Sends(1, "poste em frente à casa")),
            teo(Sends(3, "a caixa, aberta")),
            teo(Presses("🎫 Ver atendimento")),
        ],
    },
    Story {
        name: "attaching_among_staff",
        scene: AmongStaff,
        given: Given::HeldByTeo(1033),
        does: &["attach"],
        refused: &[],
        acts: &[
            teo(Says("/anexar AAAAMM.1")),
            teo(AnswersWithPicture("poste em frente à casa")),
            teo(Sends(1, "/anexar a caixa, aberta")),
            teo(Presses("🎫 Ver atendimento")),
        ],
    },
    Story {
        name: "attaching_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::HeldByTeo(1034),
        does: &[],
        refused: &["attach"],
        acts: &[teo(Says("/anexar AAAAMM.1")), teo(Sends(1, "/anexar poste em frente à casa"))],
    },
];
