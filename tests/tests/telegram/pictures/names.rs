//! What the invented provider calls its things, in the language of its people. The program says these names as they are.

use bote_sdk::dialog::Language;
use bote_sdk::traits::Registry;

/// Names that are seen in pictures.
const ENGLISH: &[(&str, &str)] = &[
    ("Através de um técnico", "Through a technician"),
    ("Telefone", "Telephone"),
    ("Presencial", "In person"),
    ("Aplicativo (SAC)", "App (customer care)"),
    ("Monitoramento", "Monitoring"),
    ("Site de reclamações", "Complaints site"),
    ("Outro", "Other"),
    ("Sem conexão", "No connection"),
    ("Lentidão", "Slow connection"),
    ("Instalação", "Installation"),
    ("Dúvida", "Question"),
    ("Resolvido no local", "Solved on site"),
    ("Resolvido à distância", "Solved remotely"),
    ("Equipamento trocado", "Equipment replaced"),
    ("Cliente ausente", "Customer absent"),
    ("Emergência", "Emergency"),
    ("Ativação", "Activation"),
    ("Manutenção preventiva", "Preventive maintenance"),
    ("Triagem", "Triage"),
    ("Campo", "Field"),
    ("Residencial", "Residential"),
    ("Corporativo", "Business"),
    ("Fibra Exemplo Ltda.", "Example Fibre Ltd."),
    ("Rádio Exemplo Ltda.", "Example Radio Ltd."),
    ("Fibra 900 Empresas", "Fibre 900 Business"),
    ("Téo Exemplo (campo)", "Téo Exemplo (field)"),
    ("Caio Exemplo (campo)", "Caio Exemplo (field)"),
];

/// Gives the provider's things the names they have in a language.
pub(super) fn translate(provider: &mut Registry, language: Language) {
    match language {
        Language::Portuguese => return,
        Language::English => {}
    }
    let catalogue = &mut provider.catalogue;
    let names = catalogue.companies.iter_mut().map(|one| &mut one.name);
    let names = names.chain(catalogue.groups.iter_mut().map(|one| &mut one.name));
    let names = names.chain(catalogue.origins.iter_mut().map(|one| &mut one.name));
    let names = names.chain(catalogue.classifications.iter_mut().map(|one| &mut one.name));
    let names = names.chain(catalogue.sla_tables.iter_mut().map(|one| &mut one.name));
    let names = names.chain(provider.operators.iter_mut().map(|one| &mut one.name));
    let names = names.chain(provider.contracts.iter_mut().map(|one| &mut one.plan));
    let names = names.chain(catalogue.processes.iter_mut().flat_map(|process| {
        let steps = process.subprocesses.iter_mut().map(|step| &mut step.name);
        std::iter::once(&mut process.name).chain(steps)
    }));
    for name in names {
        if let Some((_, english)) = ENGLISH.iter().find(|(portuguese, _)| portuguese == name) {
            *name = (*english).to_owned();
        }
    }
}
