//! The server: which address leads to which handler, and how it starts and ends. It opens the data folder and the
//! surveys, listens, and on a signal finishes what it has accepted.

use crate::cors;
use crate::error::Error;
use crate::rate::Rate;
use crate::refusal::Refusal;
use crate::site::Site;
use crate::store::Store;
use crate::surveys::Surveys;
use crate::{collect, export, health, hosted};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Everything the handlers share.
pub struct App {
    /// Where responses go.
    pub store: Store,
    /// What is asked.
    pub surveys: Surveys,
    /// How often one address may send.
    pub rate: Rate,
    /// Whether a proxy in front says in X-Forwarded-For who is calling.
    pub proxied: bool,
    /// Exports that may run at once.
    pub exports: Arc<Semaphore>,
}

/// Exports that may run at once: each has a thread and a connection of its own.
const EXPORTS: usize = 4;

/// What `candor serve` is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of definitions.
    pub surveys: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// Requests a minute from one address; 0 is no limit.
    pub rate: u32,
    /// Whether to believe X-Forwarded-For.
    pub proxied: bool,
}

impl App {
    /// Opens the data folder and the surveys.
    ///
    /// # Errors
    /// Either cannot be used, with the reason.
    pub fn open(options: &Options) -> Result<App, Error> {
        App::with_store(options, Store::open(&options.data)?)
    }

    /// The same with a store that is open already.
    ///
    /// # Errors
    /// The surveys folder cannot be read.
    pub fn with_store(options: &Options, store: Store) -> Result<App, Error> {
        let reader = store.reader().map_err(Error::database("read", store.path()))?;
        let surveys = Surveys::open(&options.surveys, &reader)?;
        Ok(App {
            store,
            surveys,
            rate: Rate::new(options.rate),
            proxied: options.proxied,
            exports: Arc::new(Semaphore::new(EXPORTS)),
        })
    }
}

/// Every address that Candor answers; `site` serves what is not under `/v1/`.
pub fn router(app: Arc<App>, site: Option<Arc<Site>>) -> Router {
    async fn not_get() -> Refusal {
        Refusal::method("GET, HEAD")
    }
    async fn not_post() -> Refusal {
        Refusal::method("POST")
    }
    async fn nothing() -> Refusal {
        Refusal::new(
            StatusCode::NOT_FOUND,
            "address",
            "there is nothing here; the calls are /v1/surveys/{id}, /v1/responses, /v1/export and /v1/health",
        )
    }
    let called_by_pages = Router::new()
        .route("/v1/surveys/{id}", get(collect::survey).fallback(not_get))
        .route("/v1/responses", post(collect::responses).fallback(not_post))
        .route("/v1/health", get(health::health).fallback(not_get))
        .route("/v1/{*rest}", axum::routing::any(nothing))
        .layer(axum::middleware::from_fn(cors::layer));
    let api = Router::new()
        .route("/v1/export", get(export::export).fallback(not_get))
        .merge(called_by_pages)
        .with_state(Arc::clone(&app));
    match site {
        Some(site) => {
            // Its page loads candor.js, which is of the site.
            let hosted = Router::new()
                .route("/s/page.css", get(hosted::style).fallback(not_get))
                .route("/s/{id}", get(hosted::page).fallback(not_get))
                .with_state(app);
            api.merge(hosted).merge(pages(site))
        }
        None => api.fallback(nothing),
    }
}

/// A site alone, as the demo's shop is.
pub fn pages(site: Arc<Site>) -> Router {
    async fn page(State(site): State<Arc<Site>>, request: axum::extract::Request) -> Response {
        site.answer(&request).into_response()
    }
    Router::new().fallback(page).with_state(site)
}

/// Listens on an address such as `127.0.0.1:4400`.
///
/// # Errors
/// The address is taken or not ours.
pub async fn listen(address: &str) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Address { address: address.into(), source })
}

/// After a signal, requests under way have this long to end; only a stalled export takes it.
const GRACE: Duration = Duration::from_secs(10);

/// Serves each router on its listener until `stop` says so, and then until what was accepted is answered.
///
/// # Errors
/// A listener fails.
pub async fn run(
    servers: Vec<(TcpListener, Router)>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (stopping, stopped) = watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    for (listener, router) in servers {
        let address = listener.local_addr().map(|a| a.to_string()).unwrap_or_default();
        let mut stopped = stopped.clone();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tasks.spawn(async move {
            let until = async move {
                // An error means that the sender is gone, which is the end too.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            let served = axum::serve(listener, service).with_graceful_shutdown(until).await;
            served.map_err(|source| Error::Address { address, source })
        });
    }
    stop.await;
    let _ = stopping.send(true);
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            if let Ok(served) = ended {
                served?;
            }
        }
        Ok(())
    };
    // What is still open after this is cut off; what it had acknowledged is on disk.
    tokio::time::timeout(GRACE, all).await.unwrap_or(Ok(()))
}

/// Resolves on SIGINT (Ctrl-C) or SIGTERM.
pub async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = terminate.recv() => {}
                }
                return;
            }
            Err(error) => eprintln!("candor: cannot listen for SIGTERM: {error}"),
        }
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("candor: cannot listen for Ctrl-C: {error}");
        std::future::pending::<()>().await;
    }
}

/// Closes the store when nobody uses the app any more.
pub fn close(app: Arc<App>) {
    match Arc::try_unwrap(app) {
        Ok(app) => app.store.close(),
        // A connection that was cut off may hold it a moment longer; its writes are finished by the writer all the same.
        Err(app) => drop(app),
    }
}

/// One line about what is served, for the start.
pub fn summary(app: &App, surveys: &Path) -> String {
    use candor_survey::definition::State;
    let catalogue = app.surveys.catalogue();
    let count = |state| catalogue.all().filter(|s| s.definition.state == state).count();
    format!(
        "surveys in {}: {} live, {} draft, {} paused, {} broken",
        surveys.display(),
        count(State::Live),
        count(State::Draft),
        count(State::Paused),
        catalogue.broken()
    )
}
