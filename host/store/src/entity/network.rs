//! The rows tools read and write.

pub(crate) mod access_session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub connection: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub started_ms: i64,
        pub updated_ms: i64,
        pub stopped_ms: Option<i64>,
        pub interim_seconds: i64,
        pub cause: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod equipment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "equipment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: i64,
        pub connection: i64,
        pub role: String,
        pub vendor: String,
        pub model: String,
        pub scheme: String,
        pub port: Option<i32>,
        pub address: Option<String>,
        pub login: Option<String>,
        /// Sealed with the installation's key.
        pub password: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod plugin_value {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plugin_value")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub plugin: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub value: Vec<u8>,
        /// Of key and value.
        pub bytes: i64,
        pub revision: i64,
        pub until_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod usage_sample {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "usage_sample")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub connection: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub at_ms: i64,
        pub down_bytes: i64,
        pub up_bytes: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
