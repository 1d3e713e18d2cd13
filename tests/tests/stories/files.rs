//! Files that cannot be taken: empty, too large, programs under another name, missing ones and folders. The sentence
//! says which, nothing is kept, and the next file is taken.

use std::fs::{self, File};
use std::path::PathBuf;

use tempfile::TempDir;

use crate::demo::Demo;
use crate::script::{lines_to, lines_to_and, messages, question};
use crate::whole::stored;

const EMPTY: &str = "Arquivo: está vazio (0 bytes). Mande outro.";
const LARGE: &str = "Arquivo: passa do limite de 20 MiB. Mande um menor.";
const PROGRAM: &str = "Arquivo: é um programa, e programas não são aceitos. Mande uma foto, um PDF ou um texto.";
const UNREADABLE: &str = "Arquivo: não consegui ler. Confira o caminho e mande de novo.";
const TOO_LONG: &str = "Descrição: o texto passa de 200 caracteres. Encurte e mande de novo.";

/// The refused files, each with its sentence.
fn bad_files(folder: &TempDir) -> Vec<(PathBuf, &'static str)> {
    let at = |name: &str| folder.path().join(name);
    let write = |name: &str, bytes: &[u8]| {
        fs::write(at(name), bytes).expect("a file can be written");
        at(name)
    };
    let large = at("grande.jpg");
    File::create(&large).and_then(|file| file.set_len(25 << 20)).expect("a file can be written");
    let over = at("quase.jpg");
    File::create(&over).and_then(|file| file.set_len((20 << 20) + 1)).expect("a file can be written");
    fs::create_dir(at("pasta.jpg")).expect("a folder can be made");
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(4096, 0);
    let mut windows = b"MZ\x90\x00".to_vec();
    windows.resize(4096, 0);
    vec![
        (write("vazio.jpg", b""), EMPTY),
        (large, LARGE),
        (over, LARGE),
        (write("foto.jpg", &elf), PROGRAM),
        (write("foto2.jpg", &windows), PROGRAM),
        (at("nenhum.jpg"), UNREADABLE),
        (at("pasta.jpg"), UNREADABLE),
    ]
}

#[test]
fn bad_files_are_refused_wherever_files_are_taken() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = bad_files(&folder);
    // While the report is written, at a choice, at the lights, for a ticket in hand, and when a file is asked for.
    let places: [(&str, &[&str], &str); 5] = [
        ("Téo Exemplo (campo)", &[], ""),
        ("Através de um técnico", &[], ""),
        ("Salvar e gerar protocolo", &[], ""),
        ("resgatar", &[], "anexar "),
        ("resgatar", &["anexar"], ""),
    ];
    for (before, more, word) in places {
        let demo = Demo::after(&lines_to_and(before, more));
        let (rows, asked) = (demo.business(), question(demo.run::<&str>(&[]).greeting()));
        let lines: Vec<_> = files.iter().map(|(path, _)| format!("{word}@{} o poste", path.display())).collect();
        for (turn, (_, sentence)) in demo.run(&lines).turns().iter().zip(&files) {
            assert_eq!(messages(&turn.answer)[0], *sentence, "{before}: {}", turn.line);
        }
        assert_eq!(demo.business(), rows, "{before}");
        assert_eq!(stored(&demo), Vec::<String>::new(), "{before}: nothing is kept");
        assert_eq!(question(demo.run::<&str>(&[]).greeting()), asked, "{before}: the question stays");
    }
}

#[test]
fn of_several_files_with_a_bad_one_none_is_attached() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let demo = Demo::after(&lines_to("resgatar"));
    for (path, sentence) in bad_files(&folder) {
        let line = format!("anexar @tests/data/poste.png @{} dois", path.display());
        let ended = demo.run(&[line]);
        assert_eq!(messages(&ended.last())[0], sentence, "{}", ended.out);
        assert_eq!(demo.count("attachment"), 0, "{}", path.display());
    }
}

#[test]
fn a_description_that_is_too_long_or_steers_is_refused() {
    let long = "ã".repeat(5000);
    for (description, sentence) in [
        (long.as_str(), TOO_LONG),
        ("\u{1b}[2J\u{0}\u{7}", "Descrição: o texto tem caracteres de controle. Tire-os e mande de novo."),
    ] {
        for (before, word) in [("Téo Exemplo (campo)", ""), ("resgatar", "anexar ")] {
            let demo = Demo::after(&lines_to(before));
            let ended = demo.run(&[format!("{word}@tests/data/poste.png {description}")]);
            assert_eq!(messages(&ended.last())[0], sentence, "{before}");
            assert_eq!(demo.count("attachment"), 0, "{before}");
        }
    }
}

#[test]
fn a_strange_name_is_kept_harmless() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let picture = crate::demo::root().join("tests/data/poste.png");
    for name in ["a\u{1b}[2J\u{7}.png", "🛟 '; DROP TABLE attachment; --.png", "<b>x</b>&amp;.png", "-rf.png"] {
        let path = folder.path().join(name.replace('/', "∕"));
        fs::copy(&picture, &path).expect("a file can be copied");
        let demo = Demo::after(&lines_to("resgatar"));
        // No control character reaches the terminal: every run is checked for it.
        let ended = demo.run(&[format!("anexar @\"{}\" poste", path.display()), "ver".into()]);
        assert!(ended.turns()[0].answer.starts_with("📎 Anexado em "), "{}", ended.out);
        let kept = demo.texts(r#"SELECT "name" AS "found" FROM "attachment""#);
        assert_eq!(kept.len(), 1);
        assert!(!kept[0].chars().any(char::is_control) && kept[0].ends_with(".png"), "{kept:?}");
    }
}

#[test]
fn after_a_refused_file_the_story_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = bad_files(&folder);
    let story = crate::script::story();
    let mut lines = Vec::new();
    for (number, line) in story.iter().enumerate() {
        // Not between a chart and its buttons, nor after the last word.
        if number > 0 {
            let (path, _) = &files[number % files.len()];
            lines.push(format!("@{} x", path.display()));
        }
        lines.push(line.clone());
    }
    let demo = Demo::new();
    let ended = demo.run(&lines);
    let spoilt: Vec<_> = ended.turns().into_iter().filter(|turn| turn.answer.contains("Não entendi")).collect();
    assert!(spoilt.is_empty(), "{spoilt:?}");
    crate::whole::finished(&demo);
}
