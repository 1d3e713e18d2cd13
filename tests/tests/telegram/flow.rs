//! From binding to the finished ticket, on a technician's phone.

use std::path::Path;

use bote_world::telegram::Attachment;

use crate::served::{Deed::*, Served, does, plays};

/// Stages 1 to 3 and the claim.
pub(crate) const UNTIL_CLAIMED: &[(crate::served::Deed<'_>, &str)] = &[
    (Says("/abrir"), "Qual é o cliente?"),
    (Says("zilda fict"), "Qual destes?"),
    (Presses("1001 · Zilda Fictícia · ***.347.916-**"), "Qual conexão?"),
    (Presses("22101 · Fibra 900 Empresas · Travessa da Amostra, 168, Jard…"), "Como o cliente entrou em contato?"),
    (Presses("★ Através de um técnico"), "Quem é o técnico responsável?"),
    (Presses("Téo Exemplo (campo)"), "Escreva o relato"),
    (Says("Sem internet desde cedo; a luz LOS da ONU está vermelha."), "Confira a primeira etapa"),
    (Presses("✔ Salvar e gerar protocolo"), "Consulta expressa"),
    (Presses("Avançar ▶"), "Qual processo?"),
    (Presses("Sem conexão · Corretiva"), "Qual classificação?"),
    (Presses("★ Sem conexão"), "O que o aplicativo do cliente deve avisar?"),
    (Presses("Início e fim"), "Quer deixar um comentário?"),
    (Says("Cliente estará em casa até as 18h."), "Pronto para iniciar"),
    (Presses("▶ Iniciar atendimento"), "Atendimento iniciado"),
    (Presses("🛟 Resgatar"), "agora é com você"),
];

/// From there to its end.
pub(crate) const UNTIL_FINISHED: &[(crate::served::Deed<'_>, &str)] = &[
    (Says("/finalizar"), "classificação de encerramento"),
    (Presses("★ Resolvido no local"), "avalie"),
    (Presses("Não"), "último comentário"),
    (Says("Tudo em ordem."), "Finalizar este atendimento?"),
    (Presses("Confirmar"), "finalizado"),
];

/// A picture that is one.
pub(crate) fn picture() -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/poste.png");
    std::fs::read(file).expect("it is in the tree")
}

/// The same picture, other bytes: what stands behind the end of a picture is not looked at.
pub(crate) fn pictures(count: u8) -> Vec<Attachment> {
    (0..count).map(|number| Attachment::photo(&[picture(), vec![number]].concat())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technician_is_bound_and_works_on_a_ticket_until_it_is_finished() {
    let mut served = Served::start().await;
    let stranger = served.world.person("Zé", "pt-br");
    let strange = stranger.chat(&served.bot);
    stranger.says(&strange, "/start");
    strange.wait_for_text("peça um código").await;
    stranger.says(&strange, "/vincular errado");
    strange.wait_for_text("Esse código não vale").await;

    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, UNTIL_CLAIMED).await;
    teo.says(&chat, "/anexar");
    chat.wait_for_text("Mande").await;
    teo.sends_album(&chat, &pictures(4), "poste em frente à casa");
    let attached = chat.wait_for_text("4 arquivos anexados em").await;
    assert_eq!(attached.text.matches("foto").count(), 4, "{}", attached.text);
    plays(&teo, &chat, &[(Says("/ferramenta"), "Período"), (Presses("24 horas"), "Download no período")]).await;
    let chart =
        chat.wait_for(|messages| messages.iter().any(|message| message.photo.is_some() && message.from_bot)).await;
    let chart = chart.into_iter().rfind(|message| message.photo.is_some() && message.from_bot).expect("it came");
    assert!(chart.text.contains("Download: total") && chart.has_button("7 dias"), "{}", chart.text);
    let week = does(&teo, &chat, &Presses("7 dias"), "Download: total").await;
    assert!(week.id == chart.id && week.edited && week.photo != chart.photo, "it takes the place of the day: {week:?}");
    plays(&teo, &chat, UNTIL_FINISHED).await;
    served.bot.caught_up().await;
    for (language, word) in [("pt", "abrir"), ("en", "open"), ("", "abrir")] {
        let menu = served.bot.commands("all_private_chats", language);
        assert!(menu.iter().any(|line| line.contains(word)), "{language}: {menu:?}");
    }
    assert!(served.stop(), "{}", served.logged());
    served.world.assert_fits();
    let listed = served.run(&["operator", "list"]).join("\n");
    assert!(listed.contains(&format!("telegram/{}", teo.id())), "{listed}");
    assert_eq!(strange.messages().iter().filter(|message| message.from_bot).count(), 2, "a stranger learns nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_bound_can_be_ended() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    assert!(served.run(&["operator", "unlink", "2"]).join("").ends_with(": 1"));
    let before = chat.messages().len();
    teo.says(&chat, "/start");
    chat.wait_for_text("peça um código").await;
    assert_eq!(chat.messages().len(), before + 2);
}
