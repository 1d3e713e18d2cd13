//! Tools in plain Rust, handed over by a program that embeds the desk, and toolboxes side by side.

use crate::form::Offer;
use crate::plugins::{PluginGrant, PluginView};
use crate::prelude::*;
use crate::tool::{Outcome, ToolCall, ToolEnd, ToolSpec};
use crate::traits::{Fault, ToolBox};
use alloc::sync::Arc;
use async_trait::async_trait;

/// A tool in plain Rust. It is part of the program, so nothing limits it: it is trusted as the program is.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What people and front ends see. The id is `publisher.name/tool`, as a plug-in's.
    fn spec(&self) -> ToolSpec;

    /// Carries out one call.
    async fn run(&self, call: ToolCall) -> ToolEnd;

    /// The choices of a dynamic parameter. None, unless the tool says otherwise.
    async fn choices(&self, _call: ToolCall, _parameter: &str) -> Result<Vec<Offer>, ToolEnd> {
        Err(ToolEnd::without_answer(Outcome::Unavailable))
    }
}

/// The tools of a program.
#[derive(Clone, Default)]
pub struct NativeTools(pub Vec<Arc<dyn Tool>>);

impl NativeTools {
    fn find(&self, call: &ToolCall) -> Option<&Arc<dyn Tool>> {
        self.0.iter().find(|tool| tool.spec().id == call.tool)
    }
}

#[async_trait]
impl ToolBox for NativeTools {
    fn tools(&self) -> Vec<ToolSpec> {
        self.0.iter().map(|tool| tool.spec()).collect()
    }

    async fn call(&self, call: ToolCall) -> ToolEnd {
        match self.find(&call) {
            Some(tool) => tool.run(call).await,
            None => ToolEnd::without_answer(Outcome::Unavailable),
        }
    }

    async fn choices(&self, call: ToolCall, parameter: &str) -> Result<Vec<Offer>, ToolEnd> {
        match self.find(&call) {
            Some(tool) => tool.choices(call, parameter).await,
            None => Err(ToolEnd::without_answer(Outcome::Unavailable)),
        }
    }
}

/// Several toolboxes as one. Of two tools with one id, that of the first box is the one.
#[derive(Clone, Default)]
pub struct Toolboxes(pub Vec<Arc<dyn ToolBox>>);

impl Toolboxes {
    fn find(&self, call: &ToolCall) -> Option<&Arc<dyn ToolBox>> {
        self.0.iter().find(|tools| tools.tools().iter().any(|spec| spec.id == call.tool))
    }
}

#[async_trait]
impl ToolBox for Toolboxes {
    fn tools(&self) -> Vec<ToolSpec> {
        let mut all: Vec<ToolSpec> = Vec::new();
        for spec in self.0.iter().flat_map(|tools| tools.tools()) {
            if all.iter().all(|other| other.id != spec.id) {
                all.push(spec);
            }
        }
        all
    }

    async fn call(&self, call: ToolCall) -> ToolEnd {
        match self.find(&call) {
            Some(tools) => tools.call(call).await,
            None => ToolEnd::without_answer(Outcome::Unavailable),
        }
    }

    async fn choices(&self, call: ToolCall, parameter: &str) -> Result<Vec<Offer>, ToolEnd> {
        match self.find(&call) {
            Some(tools) => tools.choices(call, parameter).await,
            None => Err(ToolEnd::without_answer(Outcome::Unavailable)),
        }
    }

    fn plugins(&self) -> Vec<PluginView> {
        self.0.iter().flat_map(|tools| tools.plugins()).collect()
    }

    async fn grant(&self, decided: &PluginGrant) -> Result<(), Fault> {
        match self.0.iter().find(|tools| tools.plugins().iter().any(|view| view.id == decided.plugin)) {
            Some(tools) => tools.grant(decided).await,
            None => Err(Fault::corrupt("the grants", format!("there is no plug-in {} here", decided.plugin))),
        }
    }
}
