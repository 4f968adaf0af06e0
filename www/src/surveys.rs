//! The surveys folder: reads `*.json`, keeps the last good revision of each, and knows every revision that was handed out.
//! It touches that folder, and the store's definitions once at the start; everybody else sees an unchanging [`Catalogue`].
//!
//! A definition that breaks while Candor runs is reported once and its last good revision goes on being served, because
//! a typing error must not cost answers. A survey whose file is gone is no longer served, but what visitors had begun is
//! still taken.

use crate::error::Error;
use candor_survey::advice::refuse_gating;
use candor_survey::definition::DefinitionError;
use candor_survey::json::Value;
use candor_survey::revision::revision;
use candor_survey::{Definition, Revision};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// One revision of one survey.
#[derive(Debug)]
pub struct Survey {
    /// What it asks.
    pub definition: Definition,
    /// Its revision.
    pub revision: Revision,
    /// The file as it was read, which is what is served.
    pub text: String,
    recorded: AtomicBool,
}

impl Survey {
    fn parse(text: String) -> Result<Survey, DefinitionError> {
        let value = Value::parse(&text).map_err(DefinitionError::Syntax)?;
        let definition = Definition::from_value(&value).map_err(DefinitionError::Field)?;
        Ok(Survey { definition, revision: revision(&value), text, recorded: AtomicBool::new(false) })
    }

    /// Whether the store has this revision.
    pub fn is_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }

    /// Notes that the store has this revision.
    pub fn set_recorded(&self) {
        self.recorded.store(true, Ordering::Relaxed);
    }
}

/// Every survey as it stands at one moment.
#[derive(Debug, Default)]
pub struct Catalogue {
    current: BTreeMap<String, Arc<Survey>>,
    gone: BTreeMap<String, Arc<Survey>>,
    revisions: HashMap<(String, String), Arc<Survey>>,
    broken: usize,
}

impl Catalogue {
    /// The survey with this id, if its file is there.
    pub fn current(&self, id: &str) -> Option<&Arc<Survey>> {
        self.current.get(id)
    }

    /// Every survey whose file is there, by id.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Survey>> {
        self.current.values()
    }

    /// The survey with this id, also if its file is gone: what decides who may send to it.
    pub fn known(&self, id: &str) -> Option<&Arc<Survey>> {
        self.current.get(id).or_else(|| self.gone.get(id))
    }

    /// This revision of a survey, if it was ever read.
    pub fn revision(&self, id: &str, revision: &str) -> Option<&Arc<Survey>> {
        self.revisions.get(&(id.into(), revision.into()))
    }

    /// Whether any survey admits this origin.
    pub fn admits(&self, origin: &str) -> bool {
        self.current.values().chain(self.gone.values()).any(|survey| survey.definition.admits(origin))
    }

    /// Files that cannot be read as they stand.
    pub fn broken(&self) -> usize {
        self.broken
    }
}

/// How often the folder is looked at, at most.
const INTERVAL: Duration = Duration::from_millis(250);

/// The surveys folder, followed as it changes.
pub struct Surveys {
    folder: PathBuf,
    catalogue: RwLock<Arc<Catalogue>>,
    files: Mutex<Files>,
}

struct Files {
    looked: Instant,
    seen: BTreeMap<PathBuf, Seen>,
    stored: Vec<Arc<Survey>>,
    folder_failing: bool,
}

/// A file as it was when it was last read.
struct Seen {
    stamp: Option<(SystemTime, u64)>,
    survey: Option<Arc<Survey>>,
    problem: Option<String>,
}

impl Surveys {
    /// Reads the folder, and from `store` every revision that was ever handed out.
    ///
    /// # Errors
    /// The folder cannot be read. A broken definition is no error: it is reported on standard error.
    pub fn open(folder: &Path, store: &Connection) -> Result<Surveys, Error> {
        std::fs::read_dir(folder).map_err(Error::file("read the surveys folder", folder))?;
        let stored = stored(store).map_err(Error::database("read the definitions in", folder))?;
        let files = Files { looked: Instant::now(), seen: BTreeMap::new(), stored, folder_failing: false };
        let surveys =
            Surveys { folder: folder.into(), catalogue: RwLock::default(), files: Mutex::new(files) };
        let mut files = surveys.files.lock().unwrap_or_else(PoisonError::into_inner);
        surveys.look(&mut files);
        surveys.publish(&files);
        drop(files);
        Ok(surveys)
    }

    /// The surveys as they stand, after a look at the folder if the last is a while ago.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        // Whoever finds another at it uses what there is.
        if let Ok(mut files) = self.files.try_lock()
            && files.looked.elapsed() >= INTERVAL
            && self.look(&mut files)
        {
            self.publish(&files);
        }
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads what changed since the last look, and says whether anything did.
    fn look(&self, files: &mut Files) -> bool {
        files.looked = Instant::now();
        let paths = match definitions_in(&self.folder) {
            Ok(paths) => paths,
            Err(error) => {
                if !std::mem::replace(&mut files.folder_failing, true) {
                    eprintln!("candor: cannot read the surveys folder {}: {error}", self.folder.display());
                }
                return false;
            }
        };
        files.folder_failing = false;
        let before = files.seen.len();
        files.seen.retain(|path, _| paths.contains(path));
        let mut changed = files.seen.len() != before;
        for path in paths {
            let stamp = std::fs::metadata(&path).and_then(|meta| Ok((meta.modified()?, meta.len()))).ok();
            let seen =
                files.seen.entry(path.clone()).or_insert(Seen { stamp: None, survey: None, problem: None });
            if seen.stamp.is_some() && seen.stamp == stamp {
                continue;
            }
            changed = true;
            seen.stamp = stamp;
            let read = std::fs::read(&path).map_err(|error| error.to_string()).and_then(|bytes| {
                let text = String::from_utf8(bytes)
                    .map_err(|error| format!("not UTF-8 after byte {}", error.utf8_error().valid_up_to()))?;
                let survey = Survey::parse(text).map_err(|error| error.to_string())?;
                // Here and not in `parse`: what was stored under an older rule must stay readable.
                refuse_gating(&survey.definition).map_err(|problem| problem.to_string())?;
                Ok(survey)
            });
            match read {
                Ok(survey) => {
                    seen.problem = None;
                    // What the store has need not be recorded again.
                    let known = files.stored.iter().find(|stored| {
                        stored.definition.id == survey.definition.id
                            && stored.revision == survey.revision
                            && stored.text == survey.text
                    });
                    let survey = known.map_or_else(|| Arc::new(survey), Arc::clone);
                    seen.survey = Some(survey);
                }
                Err(problem) => {
                    if seen.problem.as_ref() != Some(&problem) {
                        let still = match &seen.survey {
                            Some(last) => {
                                format!("; revision {} goes on being served", last.revision.as_str())
                            }
                            None => "; this survey is not served until it is put right".into(),
                        };
                        eprintln!("candor: {}: {problem}{still}", path.display());
                    }
                    seen.problem = Some(problem);
                }
            }
        }
        changed
    }

    fn publish(&self, files: &Files) {
        let mut next = Catalogue::default();
        let before = Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner));
        next.revisions.clone_from(&before.revisions);
        let key = |s: &Survey| (s.definition.id.to_string(), s.revision.as_str().to_string());
        for survey in &files.stored {
            next.revisions.insert(key(survey), Arc::clone(survey));
            next.gone.insert(survey.definition.id.to_string(), Arc::clone(survey));
        }
        // What was current a moment ago is the best knowledge of a survey whose file is now gone.
        for (id, survey) in before.gone.iter().chain(&before.current) {
            next.gone.insert(id.clone(), Arc::clone(survey));
        }
        for (path, seen) in &files.seen {
            next.broken += usize::from(seen.problem.is_some());
            let Some(survey) = &seen.survey else { continue };
            let id = survey.definition.id.to_string();
            if next.current.contains_key(&id) {
                next.broken += 1;
                eprintln!(
                    "candor: {}: id: another file has the survey {id} already, and this one is left out",
                    path.display()
                );
                continue;
            }
            next.gone.remove(&id);
            next.revisions.insert(key(survey), Arc::clone(survey));
            next.current.insert(id, Arc::clone(survey));
        }
        *self.catalogue.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }
}

/// The paths of the definitions in a folder, sorted.
fn definitions_in(folder: &Path) -> std::io::Result<std::collections::BTreeSet<PathBuf>> {
    let mut paths = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.insert(path);
        }
    }
    Ok(paths)
}

/// Every revision in the store, oldest first.
fn stored(store: &Connection) -> rusqlite::Result<Vec<Arc<Survey>>> {
    let mut statement =
        store.prepare("SELECT survey, revision, json FROM definitions ORDER BY recorded, rowid")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut surveys = Vec::new();
    for row in rows {
        let (survey, revision, json) = row?;
        match Survey::parse(json) {
            Ok(survey) => {
                survey.set_recorded();
                surveys.push(Arc::new(survey));
            }
            // It is still exported; only answers to it are not checked against it.
            Err(error) => eprintln!(
                "candor: revision {revision} of {survey} in the store cannot be read by this version: {error}"
            ),
        }
    }
    Ok(surveys)
}
