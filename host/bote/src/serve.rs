//! `bote serve`: every chat that is configured, and what watches over the program, until it is told to stop.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring::{self, Devices};
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::{get, post};
use bote_sdk::personal::Secret;
use bote_sdk::traits::{Clock as _, Messenger, Store as _};
use bote_store::SqlStore;
use bote_telegram::{Inbox, Telegram, Webhook};
use chrono::TimeDelta;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How long what is under way may take after the program was told to stop.
const GRACE: Duration = Duration::from_secs(60);
/// How long a connection may take to end.
const WEB_GRACE: Duration = Duration::from_secs(5);
/// How long what came in is kept once it is done: longer than a platform lets people change their messages.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How often older events are deleted, and how many at once.
const FORGETTING: Duration = Duration::from_secs(60 * 60);
const FORGOTTEN_AT_ONCE: usize = 1_000;
/// How often old measurements are folded together.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves until SIGINT or SIGTERM, then finishes what it holds.
pub async fn serve(config: &Config) -> Result<()> {
    let Some(mut options) = config.telegram.options() else {
        bail!("no chat is configured: make a bot at @BotFather and set telegram.token, or talk by `bote chat`");
    };
    let Some(_alone) = wiring::alone(&config.data.folder, "serve")? else {
        bail!("another `bote serve` works with the data folder {}", config.data.folder.display());
    };
    let metrics = PrometheusBuilder::new().install_recorder().context("the metrics could not be set up")?;
    let store = wiring::store(config).await?;
    if store.is_empty().await? {
        bail!(wiring::NOBODY);
    }
    let host = host(&config.data.folder.join("host.id"))?;
    options.webhook = webhook(config)?;
    let telegram = Arc::new(Telegram::new(&options, wiring::marks(config)?)?);
    let messenger: Arc<dyn Messenger> = Arc::clone(&telegram) as Arc<dyn Messenger>;
    let desk = wiring::desk(
        config,
        Arc::clone(&store),
        Devices::Real,
        HashMap::from([(bote_telegram::platform(), messenger)]),
        Arc::new(SystemClock),
    )?;
    let (tell, stop) = watch::channel(false);
    let listener = tokio::net::TcpListener::bind(config.serve.listen)
        .await
        .with_context(|| format!("serve.listen: {} cannot be listened on", config.serve.listen))?;
    let inbox = Inbox::new(telegram, desk, host);
    let brought = match &options.webhook {
        Some(webhook) => brought(Arc::clone(&inbox), webhook)?,
        None => Router::new(),
    };
    tokio::spawn(forget(Arc::clone(&store), stop.clone()));
    let web = tokio::spawn(watch_over(listener, store, metrics, brought, stop.clone()));
    let mut served = tokio::spawn(bote_telegram::serve(inbox, stop));
    tracing::info!(listen = %config.serve.listen, "bote serves");
    tokio::select! {
        told = told_to_stop() => told?,
        ended = &mut served => {
            ended.context("Telegram is not served any more")?;
            bail!("Telegram is not served any more");
        }
    }
    tracing::info!("bote finishes what it holds");
    _ = tell.send(true);
    if tokio::time::timeout(GRACE, served).await.is_err() {
        tracing::warn!("what was under way took too long; it is taken up at the next start");
    }
    // A connection that is half open holds nothing up.
    let abort = web.abort_handle();
    if tokio::time::timeout(WEB_GRACE, web).await.is_err() {
        abort.abort();
    }
    Ok(())
}

/// Deletes what came in, was done and is old, again and again. What people said stands in their tickets.
async fn forget(store: Arc<SqlStore>, mut stop: watch::Receiver<bool>) {
    loop {
        let before = SystemClock.now() - KEPT;
        loop {
            match store.forget_events(before, FORGOTTEN_AT_ONCE).await {
                Ok(forgotten) if forgotten == FORGOTTEN_AT_ONCE as u64 => {}
                Ok(_) => break,
                Err(fault) => {
                    tracing::warn!(error = &fault as &dyn std::error::Error, "old events could not be deleted");
                    break;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(FORGETTING) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Where Telegram brings updates to, with a secret that is this installation's.
fn webhook(config: &Config) -> Result<Option<Webhook>> {
    let Some(url) = config.telegram.webhook_url.clone() else { return Ok(None) };
    let key = wiring::installation_key(config)?.derived("telegram webhook");
    let secret = key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(Some(Webhook { url, secret: Secret::new(secret) }))
}

/// The route at which Telegram brings updates: the path of the address it was given.
fn brought(inbox: Arc<Inbox>, webhook: &Webhook) -> Result<Router> {
    let uri: axum::http::Uri = webhook.url.parse().context("telegram.webhook_url is no address")?;
    let path = uri.path().to_owned();
    if path == "/" {
        let url = webhook.url.trim_end_matches('/');
        bail!("telegram.webhook_url: give it a path of its own, for example {url}/telegram");
    }
    let expected = Sha256::digest(webhook.secret.expose());
    let take = async move |headers: HeaderMap, body: Bytes| {
        let said = headers.get("x-telegram-bot-api-secret-token").map(HeaderValue::as_bytes).unwrap_or_default();
        // Hashes are compared, so that how long it takes tells nothing of the secret.
        if Sha256::digest(said) != expected {
            return StatusCode::UNAUTHORIZED;
        }
        if inbox.take(&body).await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    };
    Ok(Router::new().route(&path, post(take)))
}

/// The name of this host, made once and kept.
fn host(file: &Path) -> Result<String> {
    match std::fs::read_to_string(file) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Ok(_) => bail!("{} is empty; remove it", file.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let name = Uuid::now_v7().to_string();
            // Written beside, and then put there whole: a program that is killed meanwhile leaves no empty file behind.
            let beside = file.with_extension("new");
            let written = std::fs::File::create(&beside)
                .and_then(|mut out| out.write_all(name.as_bytes()).and_then(|()| out.sync_all()))
                .and_then(|()| std::fs::rename(&beside, file));
            written.with_context(|| format!("{} could not be written", file.display()))?;
            Ok(name)
        }
        Err(error) => Err(error).with_context(|| format!("{} could not be read", file.display())),
    }
}

/// Until the person or the system asks to stop.
async fn told_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
        tokio::select! {
            heard = tokio::signal::ctrl_c() => heard.context("SIGINT cannot be heard")?,
            _ = terminate.recv() => {}
        }
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be heard")
}

/// `/healthz`: the program runs. `/readyz`: the database answers. `/metrics`: for Prometheus.
async fn watch_over(
    listener: tokio::net::TcpListener,
    store: Arc<SqlStore>,
    metrics: PrometheusHandle,
    brought: Router,
    mut stop: watch::Receiver<bool>,
) {
    let upkeep = metrics.clone();
    let kept = tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    let ready = async |State(store): State<Arc<SqlStore>>| match store.catalogue().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    };
    let routes = Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async move || metrics.render()))
        .with_state(store)
        .merge(brought);
    let until = async move { _ = stop.wait_for(|stop| *stop).await };
    if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(until).await {
        tracing::error!(%error, "health and metrics are not served any more");
    }
    kept.abort();
}
