//! The end of a ticket.

use super::cast::Deed::*;
use super::cast::Scene::*;
use super::cast::{caio, teo};
use super::{Given, Story};

pub(crate) const STORIES: &[Story] = &[
    Story {
        name: "finishing_in_private",
        scene: InPrivate,
        given: Given::HeldByTeo(1037),
        does: &["finish_ticket"],
        refused: &[],
        acts: &[
            teo(Says("/finalizar AAAAMM.1")),
            teo(Presses("★ Resolvido no local")),
            teo(Presses("Sim")),
            teo(Presses("Privado ⇄ Público")),
            teo(Says("Conexão restabelecida. Obrigado pela paciência!")),
            teo(Presses("◀ Voltar")),
            teo(Presses("Sem comentário")),
            teo(Presses("Confirmar")),
            teo(Says("/comentar AAAAMM.1 Voltou a cair.")),
        ],
    },
    Story {
        name: "finishing_among_staff",
        scene: AmongStaff,
        given: Given::HeldByTeo(1038),
        does: &["finish_ticket"],
        refused: &[],
        acts: &[
            caio(Says("/finalizar AAAAMM.1")),
            teo(Says("/finalizar AAAAMM.1")),
            teo(Presses("★ Resolvido no local")),
            teo(Presses("Não")),
            teo(Answers("Ligar na segunda para 35 98888-7777.")),
            caio(Presses("Confirmar")),
            teo(Presses("Confirmar")),
        ],
    },
    Story {
        name: "finishing_in_unknown_group",
        scene: InUnknownGroup,
        given: Given::HeldByTeo(1041),
        does: &[],
        refused: &["finish_ticket"],
        acts: &[teo(Says("/finalizar AAAAMM.1"))],
    },
];
