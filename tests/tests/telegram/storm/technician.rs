//! What a technician of the storm does, decided before it begins: the steps, and the words of the answer to each.

use std::sync::Arc;

use bote_sdk::id::OperatorId;
use bote_world::telegram::{Attachment, Chat, Person};
use fastrand::Rng;
use tokio::sync::watch;

use super::weather::Weather;
use crate::flow::picture;

/// One technician in so many opens a second ticket, in the middle of the reports.
const OPEN_TWICE: u32 = 3;
/// One report in so many is an album.
const ALBUMS: u32 = 4;

/// Something to be done, of which something stays.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// A ticket through its three stages, and its claim; what it is about.
    Opening { report: String },
    /// A report in words.
    Comment { text: String },
    /// A report in pictures, with their words.
    Album { caption: String, pictures: Vec<Vec<u8>> },
}

/// One thing that a person does.
enum Deed {
    Says(String),
    Presses(&'static str),
    SendsAlbum { pictures: Vec<Vec<u8>>, caption: String },
}

/// A deed, and words of each message that answers it.
struct Step(Deed, Vec<String>);

impl Task {
    fn steps(&self) -> Vec<Step> {
        let says = |words: &str, answer: &str| Step(Deed::Says(words.to_owned()), vec![answer.to_owned()]);
        let presses = |label, answer: &str| Step(Deed::Presses(label), vec![answer.to_owned()]);
        match self {
            Self::Opening { report } => vec![
                says("/abrir", "Qual é o cliente?"),
                says("zilda fict", "Qual destes?"),
                presses("1001 · Zilda Fictícia · ***.347.916-**", "Qual conexão?"),
                presses("22101 · Fibra 900 Empresas · Travessa da Amostra, 168, Jard…", "Como o cliente entrou"),
                presses("Telefone", "Escreva o relato"),
                says(report, "Confira a primeira etapa"),
                Step(
                    Deed::Presses("✔ Salvar e gerar protocolo"),
                    vec!["Consultando a situação".to_owned(), "Consulta expressa".to_owned()],
                ),
                presses("Avançar ▶", "Qual processo?"),
                presses("Sem conexão · Corretiva", "Qual classificação?"),
                presses("★ Sem conexão", "O que o aplicativo do cliente deve avisar?"),
                presses("Início e fim", "Quer deixar um comentário?"),
                says("Cliente estará em casa até as 18h.", "Pronto para iniciar"),
                presses("▶ Iniciar atendimento", "Atendimento iniciado"),
                says("/resgatar", "agora é com você"),
            ],
            Self::Comment { text } => {
                vec![says(&format!("comentar {text}"), "Quem pode ler"), presses("🔴 Privado", "Comentário gravado")]
            }
            Self::Album { caption, pictures } => vec![
                says("/anexar", "Mande o arquivo"),
                Step(
                    Deed::SendsAlbum { pictures: pictures.clone(), caption: caption.clone() },
                    vec![format!("{} arquivos anexados em", pictures.len())],
                ),
            ],
        }
    }
}

/// The words of the answer to the last question of all.
const HELP: &str = "Escreva uma destas";

/// Somebody in the storm.
#[derive(Clone)]
pub(crate) struct Technician {
    pub(crate) operator: OperatorId,
    pub(crate) person: Person,
    pub(crate) chat: Chat,
    pub(crate) tasks: Vec<Task>,
    random: Rng,
}

impl Technician {
    /// With so many reports to make, between one opening and, for some, another.
    pub(crate) fn new(operator: OperatorId, person: Person, chat: Chat, reports: u32, mut random: Rng) -> Self {
        let name = person.id();
        let opening = |number: u32| Task::Opening { report: format!("abertura {number} de {name}") };
        let mut tasks = vec![opening(0)];
        for number in 0..reports {
            if number == reports / 2 && random.u32(..OPEN_TWICE) == 0 {
                tasks.push(opening(1));
            }
            tasks.push(if random.u32(..ALBUMS) == 0 {
                let parts = random.u8(2..=4);
                let part = |part: u8| [picture(), format!("{name}/{number}/{part}").into_bytes()].concat();
                Task::Album { caption: format!("fotos {number} de {name}"), pictures: (0..parts).map(part).collect() }
            } else {
                Task::Comment { text: format!("relato {number} de {name}") }
            });
        }
        Self { operator, person, chat, tasks, random }
    }

    fn steps(&self) -> Vec<Step> {
        self.tasks.iter().flat_map(Task::steps).collect()
    }

    /// How many answers come of all this.
    pub(crate) fn to_hear(&self) -> usize {
        self.steps().iter().map(|Step(_, answers)| answers.len()).sum()
    }

    /// Words of all messages that the bot has to say, in order.
    pub(crate) fn answers(&self) -> Vec<String> {
        let answers = self.steps().into_iter().flat_map(|Step(_, answers)| answers);
        answers.chain([HELP.to_owned()]).collect()
    }

    /// Does one thing after the other, each after the answers to the one before.
    pub(crate) async fn works(mut self, weather: Weather, heard: Arc<watch::Sender<usize>>) {
        for Step(deed, answers) in self.steps() {
            weather.changes(&mut self.random);
            let mut last = self.chat.newest();
            match deed {
                Deed::Says(words) => _ = self.person.says(&self.chat, &words),
                Deed::Presses(label) => self.person.presses(&self.chat, label),
                Deed::SendsAlbum { pictures, caption } => {
                    let photos: Vec<_> = pictures.iter().map(|picture| Attachment::photo(picture)).collect();
                    self.person.sends_album(&self.chat, &photos, &caption);
                }
            }
            for answer in answers {
                last = self.chat.wait_for_text_after(last, &answer).await.id;
                heard.send_modify(|heard| *heard += 1);
            }
        }
    }

    /// The last question. Its answer comes behind everything that is still to be said to this person.
    pub(crate) async fn asks_for_help(self) {
        let last = self.chat.newest();
        self.person.says(&self.chat, "/ajuda");
        self.chat.wait_for_text_after(last, HELP).await;
    }
}
