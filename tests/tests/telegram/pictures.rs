//! The pictures of the guides (`docs/telegram.md`, `docs/telegram.pt-BR.md`): real conversations, as phones show them. They
//! are kept in the tree and compared with what people see now, so they cannot go stale; `cargo xtask docs` draws them anew.

mod names;
mod stage;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bote_sdk::dialog::Language;
use bote_world::telegram::{Attachment, Person, Screen, draw};

use stage::{Scene, Stage};

/// Whoever sets this to `yes` has the pictures written and not compared.
const VARIABLE: &str = "BOTE_DRAW_PICTURES";

/// The pictures, by the name of their file.
const PICTURES: [&str; 11] =
    ["binding", "opening", "lights", "started", "claim", "lost", "album", "tool", "chart", "finishing", "finished"];

/// The supervisor, the technician and his colleague.
const ANA: i64 = 1;
const TEO: i64 = 2;
const CAIO: i64 = 4;

/// Where the guides are, and below that their pictures.
fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// A picture in that folder.
fn file(name: &str, language: Language) -> String {
    format!("pictures/telegram/{name}.{}.svg", language.tag())
}

/// Whether pictures are written and not compared.
fn writes() -> bool {
    #[allow(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
    let told = std::env::var_os(VARIABLE);
    told.is_some_and(|told| told == "yes")
}

/// Pictures that are not as they are kept.
struct Album {
    language: Language,
    wrong: Vec<String>,
}

impl Album {
    /// Compares a picture with its file, or writes it.
    fn keeps(&mut self, name: &str, title: &str, screen: &Screen) {
        assert!(PICTURES.contains(&name), "{name} is not among PICTURES");
        let name = file(name, self.language);
        let (file, drawn) = (docs().join(&name), draw(title, screen));
        if writes() {
            fs::create_dir_all(file.parent().expect("it is in a folder")).expect("the tree can be written to");
            fs::write(&file, &drawn).expect("the tree can be written to");
        }
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if kept != drawn {
            let lines = kept.lines().zip(drawn.lines()).find(|(kept, drawn)| kept != drawn);
            let short = |line: &str| line.chars().take(200).collect::<String>();
            let lines = lines.map(|(kept, drawn)| format!("\n    kept: {}\n    now:  {}", short(kept), short(drawn)));
            self.wrong.push(format!("{name}{}", lines.unwrap_or_default()));
        }
    }

    fn ends(self) {
        let wrong = self.wrong.join("\n  ");
        assert!(wrong.is_empty(), "pictures that people see otherwise now; run `cargo xtask docs`:\n  {wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_in_portuguese_are_what_people_see() {
    everything_is_as_kept(Language::Portuguese).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_in_english_are_what_people_see() {
    everything_is_as_kept(Language::English).await;
}

#[test]
fn each_picture_is_in_the_guide_of_its_language_and_no_other_is_kept() {
    let mut wanted = BTreeSet::new();
    let mut wrong = Vec::new();
    for (language, guide) in [(Language::Portuguese, "telegram.pt-BR.md"), (Language::English, "telegram.md")] {
        let text = fs::read_to_string(docs().join(guide)).expect("the guide is there");
        for name in PICTURES.map(|name| file(name, language)) {
            if !text.contains(&format!("]({name})")) {
                wrong.push(format!("{guide} does not show {name}"));
            }
            wanted.insert(name);
        }
    }
    for entry in fs::read_dir(docs().join("pictures/telegram")).expect("the pictures are there") {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        if !wanted.contains(&format!("pictures/telegram/{name}")) {
            wrong.push(format!("{name} is drawn by nothing; remove it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is told to the people of a language.
struct Words(Language);

impl Words {
    fn of(&self, portuguese: &'static str, english: &'static str) -> &'static str {
        match self.0 {
            Language::Portuguese => portuguese,
            Language::English => english,
        }
    }
}

/// One day of Téo and his colleagues; each part of it is a picture.
async fn everything_is_as_kept(language: Language) {
    let stage = Stage::set(language).await;
    let words = Words(language);
    let mut album = Album { language, wrong: Vec::new() };
    let teo = stage.person("Téo");
    let mut his = Scene::at(&stage, &teo.chat(&stage.bot), &teo);
    is_bound(&stage, &mut his, &teo, &words, &mut album).await;
    opens(&mut his, &teo, &words, &mut album).await;
    starts(&mut his, &teo, &words, &mut album).await;
    claims(&stage, &teo, &words, &mut album).await;
    attaches(&mut his, &teo, &words, &mut album).await;
    looks_at_the_connection(&mut his, &teo, &words, &mut album).await;
    finishes(&mut his, &teo, &words, &mut album).await;
    stage.ends().await;
    album.ends();
}

async fn is_bound(stage: &Stage, his: &mut Scene<'_>, teo: &Person, words: &Words, album: &mut Album) {
    his.says(teo, "/start", words.of("peça um código", "ask an administrator for a code")).await;
    let code = stage.code(TEO).await;
    his.says(teo, &format!("/start {code}"), words.of("Sou o bote", "I am bote")).await;
    his.loses(&code).await;
    let title = words
        .of("O link leva ao bot, que cumprimenta o técnico", "The link leads to the bot, which greets the technician");
    album.keeps("binding", title, &his.screen());
}

/// Stages one and two.
async fn opens(his: &mut Scene<'_>, teo: &Person, words: &Words, album: &mut Album) {
    let line = words.of(
        "22101 · Fibra 900 Empresas · Travessa da Amostra, 168, Jard…",
        "22101 · Fibre 900 Business · Travessa da Amostra, 168, Jard…",
    );
    his.begins();
    his.says(teo, words.of("/abrir", "/open"), words.of("Qual é o cliente?", "Who is the customer?")).await;
    his.says(teo, "zilda fict", words.of("Qual destes?", "Which of these?")).await;
    his.presses(teo, "1001 · Zilda Fictícia · ***.347.916-**", words.of("Qual conexão?", "Which connection?")).await;
    his.marks(teo, line);
    let title = words.of("Escolher o cliente e a conexão", "Choosing the customer and the connection");
    album.keeps("opening", title, &his.screen());

    his.presses(teo, line, words.of("Como o cliente entrou em contato?", "How did the customer reach us?")).await;
    let origin = words.of("★ Através de um técnico", "★ Through a technician");
    his.presses(teo, origin, words.of("Quem é o técnico", "Who is the responsible technician?")).await;
    let technician = words.of("Téo Exemplo (campo)", "Téo Exemplo (field)");
    his.presses(teo, technician, words.of("Escreva o relato", "Write the report")).await;
    let report = words.of(
        "Sem internet desde cedo; a luz LOS da ONU está vermelha.",
        "No internet since early morning; the LOS light of the ONU is red.",
    );
    his.says(teo, report, words.of("Confira a primeira etapa", "Please check stage one")).await;
    his.begins_with_the_last();
    let save = words.of("✔ Salvar e gerar protocolo", "✔ Save and get the protocol");
    his.presses(teo, save, words.of("Consulta expressa", "Express query")).await;
    let title = words.of("A consulta expressa com as nove luzes", "The express query with its nine lights");
    album.keeps("lights", title, &his.screen());
}

/// Stage three.
async fn starts(his: &mut Scene<'_>, teo: &Person, words: &Words, album: &mut Album) {
    his.presses(teo, words.of("Avançar ▶", "Next ▶"), words.of("Qual processo?", "Which process?")).await;
    let process = words.of("Sem conexão · Corretiva", "No connection · Corrective");
    his.presses(teo, process, words.of("Qual classificação?", "Which classification?")).await;
    let classification = words.of("★ Sem conexão", "★ No connection");
    his.presses(teo, classification, words.of("O que o aplicativo", "What shall the customer's app")).await;
    his.presses(teo, words.of("Início e fim", "Start and end"), words.of("Quer deixar", "Would you like to leave"))
        .await;
    let comment = words.of("Cliente estará em casa até as 18h.", "The customer is at home until 6 pm.");
    his.says(teo, comment, words.of("Pronto para iniciar", "Ready to start")).await;
    his.begins_with_the_last();
    let start = words.of("▶ Iniciar atendimento", "▶ Start the ticket");
    his.presses(teo, start, words.of("Atendimento iniciado", "Ticket started")).await;
    let title = words.of("O atendimento começa e o cartão aparece", "The ticket starts and its card appears");
    album.keeps("started", title, &his.screen());
}

/// Two people of a team press the same button.
async fn claims(stage: &Stage, teo: &Person, words: &Words, album: &mut Album) {
    let (ana, caio) = (stage.bound(ANA, "Ana").await, stage.bound(CAIO, "Caio").await);
    let team = stage.world.supergroup(words.of("Equipe de campo", "Field team"), &[&ana, teo, &caio]);
    team.adds(&stage.bot);
    let mut scene = Scene::at(stage, &team, &caio);
    let is_staffs = words.of("Este grupo é da equipe", "This group is the staff’s");
    scene.says(&ana, words.of("/canal equipe", "/channel staff"), is_staffs).await;
    scene.begins();
    let claim = words.of("🛟 Resgatar", "🛟 Claim");
    scene.says(&caio, words.of("/ver 202610.1", "/show 202610.1"), "202610.1").await;
    let card = scene.marks(teo, claim);
    scene.marks(&caio, claim);
    let title = words.of("Téo e Caio querem o mesmo atendimento", "Téo and Caio want the same ticket");
    album.keeps("claim", title, &scene.screen());

    scene.begins();
    // Caio's phone has not shown the change yet when he presses.
    let on_his_phone = caio.data_on(&team, card, claim);
    scene.presses(teo, claim, words.of("agora é com você", "it is yours now")).await;
    let holder = words.of("O atendimento está com Téo", "The ticket is with Téo");
    scene.happens(holder, |chat| caio.presses_data(chat, card, &on_his_phone)).await;
    let title = words.of("Téo resgatou primeiro; Caio é avisado", "Téo claimed it first; Caio is told");
    album.keeps("lost", title, &scene.screen());
}

async fn attaches(his: &mut Scene<'_>, teo: &Person, words: &Words, album: &mut Album) {
    his.says(teo, words.of("/ver 202610.1", "/show 202610.1"), "202610.1").await;
    his.begins();
    his.says(teo, words.of("/anexar", "/attach"), words.of("Mande o arquivo", "Send the file")).await;
    let photos = ["pole", "box", "onu", "meter"].map(|name| Attachment::photo(&photo(name)));
    let caption = words.of("poste em frente à casa", "pole in front of the house");
    let attached = words.of("4 arquivos anexados", "4 files attached");
    his.happens(attached, |chat| _ = teo.sends_album(chat, &photos, caption)).await;
    let title = words.of("Um álbum de quatro fotos é anexado", "An album of four photos is attached");
    album.keeps("album", title, &his.screen());
}

async fn looks_at_the_connection(his: &mut Scene<'_>, teo: &Person, words: &Words, album: &mut Album) {
    his.begins();
    his.says(teo, words.of("/ferramenta", "/tool"), words.of("Qual ferramenta", "Which tool")).await;
    let tool = words.of("Gráfico de consumo", "Consumption graph");
    his.presses(teo, tool, words.of("Período", "Period")).await;
    let day = words.of("24 horas", "24 hours");
    his.marks(teo, day);
    let title = words.of("Escolher a ferramenta e o período", "Choosing the tool and the period");
    album.keeps("tool", title, &his.screen());

    his.begins();
    his.presses(teo, day, "Download: total").await;
    let title = words.of(
        "O consumo de 24 horas, com outros períodos a um toque",
        "The usage of 24 hours, and other periods one tap away",
    );
    album.keeps("chart", title, &his.screen());
}

async fn finishes(his: &mut Scene<'_>, teo: &Person, words: &Words, album: &mut Album) {
    his.begins();
    his.says(
        teo,
        words.of("/finalizar", "/finish"),
        words.of("classificação de encerramento", "closing classification"),
    )
    .await;
    let closing = words.of("★ Resolvido no local", "★ Solved on site");
    his.presses(teo, closing, words.of("avalie", "rate the service")).await;
    his.presses(teo, words.of("Não", "No"), words.of("último comentário", "last comment")).await;
    let comment = words.of("Emenda refeita no poste.", "The splice at the pole was redone.");
    his.says(teo, comment, words.of("Finalizar este atendimento?", "Finish this ticket?")).await;
    let confirm = words.of("Confirmar", "Confirm");
    his.marks(teo, confirm);
    let title = words.of("Finalizar em três toques e uma frase", "Finishing in three taps and a sentence");
    album.keeps("finishing", title, &his.screen());

    his.begins();
    his.presses(teo, confirm, words.of("Atendimento finalizado", "Ticket finished")).await;
    let title = words.of("O atendimento está finalizado", "The ticket is finished");
    album.keeps("finished", title, &his.screen());
}

/// A photo of the story, small.
fn photo(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/photos/{name}.png"));
    fs::read(file).expect("it is in the tree")
}
