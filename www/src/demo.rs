//! `candor demo`: the whole product in one process, on two ports: Candor itself, and a client's shop that is of another
//! origin because a client's site always is. It writes its definitions and data under one folder, and makes its own token.

use crate::error::Error;
use crate::server::{self, App, Options};
use crate::site::Site;
use crate::token;
use candor_survey::Id;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::net::TcpListener;

/// What the demo is told.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The built site.
    pub site: PathBuf,
    /// The built shop.
    pub shop: PathBuf,
    /// The definitions; `{{shop}}` in them becomes the shop's origin, `{{candor}}` our own.
    pub definitions: PathBuf,
    /// Where data is kept from one start to the next.
    pub data: PathBuf,
    /// Candor's port; the shop has the next. 0 takes two that are free.
    pub port: u16,
    /// Whether to open the shop in a browser.
    pub open: bool,
}

impl Demo {
    /// Runs until a signal.
    ///
    /// # Errors
    /// A folder or port cannot be used, with the reason.
    pub async fn run(&self) -> Result<(), Error> {
        let (candor, shop) = listeners(self.port).await?;
        let (candor_origin, shop_origin) = (origin(&candor)?, origin(&shop)?);

        let surveys = self.data.join("surveys");
        self.write_definitions(&surveys, &shop_origin, &candor_origin)?;
        let options = Options {
            surveys: surveys.clone(),
            data: self.data.clone(),
            rate: crate::rate::DEFAULT,
            proxied: false,
        };
        let app = Arc::new(App::open(&options)?);
        let name = Id::new("demo").ok_or_else(|| Error::Usage("demo is no token's name".into()))?;
        let token = token::renew(&self.data, &name)?;
        let open = |folder: &Path, replace| {
            Site::open(folder, replace).map(Arc::new).map_err(Error::file("read the built site", folder))
        };
        let site = open(&self.site, Vec::new())?;
        let shop_site = open(&self.shop, vec![("{{candor}}".into(), candor_origin.clone())])?;
        eprintln!("candor: {}", server::summary(&app, &surveys));

        let lines = format!(
            "shop      {shop_origin}/\ncandor    {candor_origin}/#token={token}&shop={shop_origin}/\nanalyzer  {candor_origin}/analyzer/\n"
        );
        let mut out = std::io::stdout().lock();
        // Nobody may be reading, and the demo runs all the same.
        let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
        drop(out);
        if self.open {
            open_browser(&format!("{shop_origin}/"));
        }
        let servers =
            vec![(candor, server::router(Arc::clone(&app), Some(site))), (shop, server::pages(shop_site))];
        server::run(servers, server::signal()).await?;
        server::close(app);
        Ok(())
    }

    /// Writes the definitions with both origins into the folder that is served, and takes away those of another
    /// start that are no longer there.
    fn write_definitions(&self, to: &Path, shop: &str, candor: &str) -> Result<(), Error> {
        std::fs::create_dir_all(to).map_err(Error::file("make", to))?;
        let json = |folder: &Path| -> Result<Vec<PathBuf>, Error> {
            let entries = std::fs::read_dir(folder).map_err(Error::file("read", folder))?;
            let paths = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>();
            let mut paths = paths.map_err(Error::file("read", folder))?;
            paths.retain(|path| path.extension().is_some_and(|e| e == "json"));
            Ok(paths)
        };
        let definitions = json(&self.definitions)?;
        for old in json(to)? {
            if !definitions.iter().any(|new| new.file_name() == old.file_name()) {
                std::fs::remove_file(&old).map_err(Error::file("remove", &old))?;
            }
        }
        for path in definitions {
            let text = std::fs::read_to_string(&path).map_err(Error::file("read", &path))?;
            let target = to.join(path.file_name().unwrap_or_default());
            let text = text.replace("{{shop}}", shop).replace("{{candor}}", candor);
            std::fs::write(&target, text).map_err(Error::file("write", &target))?;
        }
        Ok(())
    }
}

/// Candor's listener and the shop's, on the loopback.
async fn listeners(port: u16) -> Result<(TcpListener, TcpListener), Error> {
    let next = match port {
        0 => 0,
        u16::MAX => {
            let sentence = format!("port {port} has no next one for the shop: choose a lower --port");
            return Err(Error::Usage(sentence));
        }
        port => port + 1,
    };
    let bind = async |port| {
        TcpListener::bind(("127.0.0.1", port)).await.map_err(|source| Error::Port { port, source })
    };
    Ok((bind(port).await?, bind(next).await?))
}

fn origin(listener: &TcpListener) -> Result<String, Error> {
    let address =
        listener.local_addr().map_err(|source| Error::Address { address: "the demo's".into(), source })?;
    Ok(format!("http://{address}"))
}

/// Opens a page in the browser of whoever started this, if there is a way to.
fn open_browser(page: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(opener)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Ok(mut opener) => {
            // Waited for on the side, so that it does not stay behind as a zombie.
            std::thread::spawn(move || opener.wait());
        }
        Err(_) => eprintln!("candor: no {opener} here to open a browser; open the shop's address yourself"),
    }
}
