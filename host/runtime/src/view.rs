//! A plug-in as whoever administers it sees it.

use crate::grants::Grants;
use crate::journal::Journals;
use crate::plugin::{self, Plugin, PluginReport};
use crate::runtime::RuntimeOptions;
use bote_sdk::plugins::{Offered, PluginState, PluginView, Wanted};
use std::time::Instant;

/// What became of a file of which this version `runs`, with all that its newest version and a former one that goes on in its
/// place ask for: what only the former has can be taken back as well. `None` for a file without a name.
pub(crate) fn of(
    report: &PluginReport,
    runs: Option<&Plugin>,
    grants: &Grants,
    options: &RuntimeOptions,
    journals: &Journals,
) -> Option<PluginView> {
    let newest = report.manifest.as_deref();
    let former = runs.filter(|_| report.former_runs).map(|plugin| &*plugin.manifest);
    let former = former.filter(|former| newest.is_none_or(|newest| newest.plugin.id == former.plugin.id));
    let state = match (report.refused.is_empty(), report.former_runs) {
        (true, _) if runs.is_some_and(|plugin| plugin.gate.rests(Instant::now())) => PluginState::Rests,
        (true, _) => PluginState::Runs,
        (false, true) => PluginState::FormerRuns,
        (false, false) => PluginState::Refused,
    };
    let Some(known) = newest.or(former) else {
        // It cannot be read: known by its file.
        let id = report.file.file_name()?.to_string_lossy().into_owned();
        let (wanted, tools, log) = (Vec::new(), Vec::new(), Vec::new());
        return Some(PluginView { id, version: String::new(), state, wanted, tools, why: report.refused.clone(), log });
    };
    let id = known.plugin.id.clone();
    let granted = grants.get(&id);
    let in_the_making = plugin::is_in_the_making(options, &report.file);
    let has = |name: &String| in_the_making || granted.is_some_and(|granted| granted.contains(name));
    let left_over = former.into_iter().flat_map(|former| &former.capabilities);
    let left_over = left_over.filter(|(name, _)| has(name) && !known.capabilities.contains_key(*name));
    let wanted = known.capabilities.iter().chain(left_over).map(|(name, section)| Wanted {
        capability: name.clone(),
        reason: section.localized(),
        granted: has(name),
        fixed: in_the_making || options.grants.get(&id).is_some_and(|fixed| fixed.contains(name)),
    });
    Some(PluginView {
        version: known.plugin.version.clone(),
        state,
        wanted: wanted.collect(),
        tools: known.tools().into_iter().map(|tool| Offered { title: tool.title, risk: tool.risk }).collect(),
        why: report.refused.clone(),
        log: journals.of(&id).newest(),
        id,
    })
}
