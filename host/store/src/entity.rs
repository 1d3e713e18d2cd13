//! The rows, one type per table of `bote-migrations`. Times are milliseconds since the epoch, in UTC. Rows carry personal
//! data as plain text; they are made and read in `row.rs` and nowhere logged.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "the derives make public items; columns are described by the migrations and by the records they become"
)]

mod chats;
mod network;

pub(crate) use chats::{binding_code, binding_try, channel, lease};
pub(crate) use network::{access_session, equipment, plugin_value, usage_sample};

pub(crate) mod catalogue_entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "catalogue_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        pub active: bool,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod operator {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "operator")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        pub active: bool,
        #[sea_orm(column_type = "JsonBinary")]
        pub permissions: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub companies: Json,
        #[sea_orm(column_type = "JsonBinary")]
        pub chosen_scope: Option<Json>,
        pub language: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod binding {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "binding")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub platform: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        pub operator: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod person {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        pub kind: String,
        pub name: String,
        pub document: String,
        pub company: Option<i64>,
        pub group_id: Option<i64>,
        #[sea_orm(column_type = "JsonBinary")]
        pub tags: Json,
        pub street: String,
        pub district: String,
        pub city: String,
        pub phone: Option<String>,
        pub email: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod person_word {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "person_word")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub word: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod contract {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "contract")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        pub person: i64,
        pub plan: String,
        pub status: String,
        pub status_since: Date,
        pub sla_table: Option<i64>,
        pub ruler: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod connection {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "connection")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        pub person: i64,
        pub contract: Option<i64>,
        pub login: String,
        pub mac: Option<String>,
        pub access_point: Option<i64>,
        pub street: String,
        pub district: String,
        pub city: String,
        pub registered_ms: i64,
        pub block_reason: Option<String>,
        pub blocked_since: Option<Date>,
        pub reduced_since: Option<Date>,
        pub last_nas: Option<String>,
        pub last_ip: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod invoice {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        pub person: i64,
        pub due: Date,
        pub cents: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod notice {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        pub access_point: i64,
        pub opened_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod ticket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub period: i32,
        pub sequence: i64,
        pub person: i64,
        pub connection: Option<i64>,
        pub contract: Option<i64>,
        pub company: i64,
        pub origin: i64,
        pub technician: Option<i64>,
        pub report: String,
        pub opened_by: i64,
        pub opened_ms: i64,
        pub state: String,
        pub process: Option<i64>,
        pub subprocess: Option<i64>,
        pub classification: Option<i64>,
        pub notify: Option<String>,
        pub started_ms: Option<i64>,
        pub sla_type: Option<String>,
        pub sla_minutes: Option<i64>,
        pub due_ms: i64,
        pub holder: Option<i64>,
        pub closing: Option<i64>,
        pub ask_rating: Option<bool>,
        pub finished_ms: Option<i64>,
        pub last_entry: i32,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod ticket_entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub at_ms: i64,
        pub actor: i64,
        pub kind: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod former_text {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "former_text")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub ticket: Uuid,
        pub number: i32,
        pub text: String,
        pub replaced_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod attachment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "attachment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub ticket: Uuid,
        pub hash: String,
        pub size: i64,
        pub media_type: String,
        pub name: String,
        pub description: Option<String>,
        pub angle: i32,
        pub added_by: i64,
        pub added_ms: i64,
        pub deleted_by: Option<i64>,
        pub deleted_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub place_key: String,
        pub platform: String,
        pub account: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub place: Json,
        pub bytes: Vec<u8>,
        pub revision: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod tool_run {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tool_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub ticket: Uuid,
        pub operator: i64,
        #[sea_orm(column_type = "JsonBinary")]
        pub run: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod receipt {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "receipt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_key: String,
        pub print: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub receipt: Json,
        pub at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod inbox {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub platform: String,
        pub event_id: String,
        pub chat: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub event: Json,
        pub state: String,
        pub tries: i32,
        pub received_ms: i64,
        pub album: Option<String>,
        pub message: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod outbox {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub platform: String,
        pub chat: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub place: Json,
        pub lane: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub job: Json,
        pub due_ms: i64,
        pub taken_until_ms: i64,
        pub tries: i32,
        pub stuck: Option<String>,
        pub timer: Option<String>,
        pub taken_by: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod access {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "access")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub operator: i64,
        pub channel: String,
        pub person: Option<i64>,
        pub ticket: Option<Uuid>,
        pub at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
