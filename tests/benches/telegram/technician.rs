//! A technician on the phone: reads what is asked and does what answers it, from identification to the claim, and then the same
//! for the next customer.

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The customers of the demo, from this number on; each opening is about another of them.
const FIRST_CUSTOMER: i64 = 1001;
const CUSTOMERS: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// Writes.
    Says(&'static str),
    /// Writes the number of the next customer.
    Names,
    /// Presses the button that says this.
    Presses(&'static str),
    /// Presses the first button.
    PressesFirst,
}

/// What is done about which words; of several that a message has, the first.
const ANSWERS: [(&str, Deed); 17] = [
    ("agora é com você", Deed::Says("/abrir")),
    ("Qual é o cliente?", Deed::Names),
    ("Qual destes?", Deed::PressesFirst),
    ("Qual conexão?", Deed::PressesFirst),
    ("Qual contrato?", Deed::PressesFirst),
    ("Em que empresa o atendimento será aberto?", Deed::PressesFirst),
    ("Como o cliente entrou em contato?", Deed::Presses("Através de um técnico")),
    ("Quem é o técnico responsável?", Deed::Presses("Téo Exemplo")),
    ("Escreva o relato", Deed::Says("Sem internet desde cedo; a luz LOS da ONU está vermelha.")),
    ("Confira a primeira etapa", Deed::Presses("Salvar")),
    ("Consulta expressa", Deed::Presses("Avançar")),
    ("Qual processo?", Deed::Presses("Sem conexão")),
    ("Qual classificação?", Deed::Presses("Sem conexão")),
    ("O que o aplicativo do cliente deve avisar?", Deed::Presses("Início e fim")),
    ("Quer deixar um comentário?", Deed::Says("Cliente estará em casa até as 18h.")),
    ("Pronto para iniciar", Deed::Presses("Iniciar atendimento")),
    ("Atendimento iniciado", Deed::Presses("Resgatar")),
];

/// One of them, as far as they are.
#[derive(Debug)]
pub(crate) struct Technician {
    pub(crate) id: i64,
    /// Tickets they took to the end of what is measured.
    pub(crate) claimed: usize,
    customer: usize,
    next: Deed,
    /// The newest buttons, with what they send.
    buttons: Vec<(String, String)>,
    read: String,
}

impl Technician {
    pub(crate) fn new(id: i64, number: usize) -> Self {
        let next = Deed::Says("/abrir");
        Self { id, claimed: 0, customer: number, next, buttons: Vec::new(), read: String::new() }
    }

    /// Reads a message as the program sends it; whether it lets them go on.
    pub(crate) fn reads(&mut self, message: &Value) -> bool {
        self.read = message["text"].as_str().unwrap_or_default().to_owned();
        let rows = message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
        let buttons = rows.flat_map(|row| row.as_array().into_iter().flatten());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let buttons = buttons.map(|button| (text(&button["text"]), text(&button["callback_data"])));
        let found = ANSWERS.iter().find(|(words, _)| self.read.contains(words));
        let Some((_, deed)) = found else { return false };
        self.buttons = buttons.collect();
        if self.next == Deed::Presses("Resgatar") && *deed == Deed::Says("/abrir") {
            self.claimed += 1;
        }
        self.next = *deed;
        true
    }

    /// The update of what they do next.
    pub(crate) fn act(&mut self, number: i64) -> Result<Value> {
        let from = json!({ "id": self.id, "is_bot": false, "first_name": "Técnico", "language_code": "pt-br" });
        let chat = json!({ "id": self.id, "type": "private", "first_name": "Técnico" });
        let date = 1_791_201_600 + number;
        let wanted = match self.next {
            Deed::Says(words) => Err(words.to_owned()),
            Deed::Names => {
                self.customer += 1;
                Err((FIRST_CUSTOMER + (self.customer % CUSTOMERS) as i64).to_string())
            }
            Deed::Presses(label) => Ok(label),
            Deed::PressesFirst => Ok(""),
        };
        let content = match wanted {
            Err(text) => {
                let mut message =
                    json!({ "message_id": number, "date": date, "from": from, "chat": chat, "text": text });
                if let Some(command) = text.strip_prefix('/') {
                    message["entities"] = json!([{ "type": "bot_command", "offset": 0, "length": 1 + command.len() }]);
                }
                ("message", message)
            }
            Ok(label) => {
                let button = self.buttons.iter().find(|(shown, _)| shown.contains(label));
                let (_, data) = button.with_context(|| format!("no button {label}: {self:?}"))?;
                let message = json!({ "message_id": number, "date": date, "chat": chat, "text": self.read });
                let press = json!({
                    "id": number.to_string(), "from": from, "message": message, "chat_instance": "1", "data": data
                });
                ("callback_query", press)
            }
        };
        Ok(json!({ "update_id": number, content.0: content.1 }))
    }
}
