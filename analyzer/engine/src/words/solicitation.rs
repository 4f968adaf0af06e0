//! Words of solicitation in Spanish, German, French, Portuguese, Italian and Dutch, by the matcher that the widget carries
//! for English (`candor_survey::words`). These tables are compiled into the engine alone, so that no visitor downloads them.
//!
//! A table is listened to where the language is told with confidence; a phrase takes several words of its language, so a short
//! comment in a file that has the language is heard as well. Texts are folded first: lower case, accents dropped, an apostrophe
//! taken for a space. A cue is a reason to read the comment, never a verdict.
//!
//! Precision and recall on a set made by hand (`fixtures/solicitation.tsv`, which says so): the test prints them by language.
//! On their first run, before a list was mended by what it showed, the lists had (precision, recall): English .93, .88; Spanish
//! 1, .93; German 1, 1; French .93, .93; Portuguese 1, .87; Italian 1, .93; Dutch 1, .87. One hand wrote lists and set, so that
//! strangers' comments will fare worse. Of 64 more sentences (`fixtures/solicitation_unseen.tsv`, written before the lists were looked
//! at again), 28 of them solicitation, 12 were heard and 9 of the 36 honest ones with numbers as well ("laisser 10 euros de caution").
//! Since a phrase that ends in a score must end there, or go on with a word that a count of things does not ([`Tongue::AFTER_SCORE`]),
//! 12 and none are.

use super::language::Language;
use crate::sort;
use candor_survey::words::{Cues, Listener, Tongue};
use std::ops::Range;

/// Listens in the languages of a file, English aside: that is heard on reading.
#[derive(Clone, Debug, Default)]
pub struct Hearing {
    spanish: Option<Listener<Spanish>>,
    german: Option<Listener<German>>,
    french: Option<Listener<French>>,
    portuguese: Option<Listener<Portuguese>>,
    italian: Option<Listener<Italian>>,
    dutch: Option<Listener<Dutch>>,
}

impl Hearing {
    /// Listens in those of `languages` that have a table here.
    pub fn new(languages: impl IntoIterator<Item = Language>) -> Hearing {
        let mut hearing = Hearing::default();
        for language in languages {
            match language.tag() {
                "es" => hearing.spanish = Some(Listener::default()),
                "de" => hearing.german = Some(Listener::default()),
                "fr" => hearing.french = Some(Listener::default()),
                "pt" => hearing.portuguese = Some(Listener::default()),
                "it" => hearing.italian = Some(Listener::default()),
                "nl" => hearing.dutch = Some(Listener::default()),
                _ => {}
            }
        }
        hearing
    }

    /// Listens in every language that has a table here.
    fn of_all() -> Hearing {
        Hearing {
            spanish: Some(Listener::default()),
            german: Some(Listener::default()),
            french: Some(Listener::default()),
            portuguese: Some(Listener::default()),
            italian: Some(Listener::default()),
            dutch: Some(Listener::default()),
        }
    }

    /// Whether no table is listened to.
    pub fn is_deaf(&self) -> bool {
        self.spanish.is_none()
            && self.german.is_none()
            && self.french.is_none()
            && self.portuguese.is_none()
            && self.italian.is_none()
            && self.dutch.is_none()
    }

    /// The cues in `text`, in any of the languages.
    pub fn cues(&mut self, text: &str) -> Cues {
        let text = fold(text);
        let heard = [
            self.spanish.as_mut().map(|listener| listener.cues(&text)),
            self.german.as_mut().map(|listener| listener.cues(&text)),
            self.french.as_mut().map(|listener| listener.cues(&text)),
            self.portuguese.as_mut().map(|listener| listener.cues(&text)),
            self.italian.as_mut().map(|listener| listener.cues(&text)),
            self.dutch.as_mut().map(|listener| listener.cues(&text)),
        ];
        heard.into_iter().flatten().fold(Cues::default(), Cues::union)
    }
}

/// Comments of more words are not marked: each is listened to again and again.
const MOST_WORDS: usize = 400;

/// Where in a text the words stand that carry a cue, as ranges of bytes in their order: for each cue the shortest words that carry it by
/// themselves, of those that end first. Of an English text, or of one in the other languages where English hears nothing.
pub fn marks(text: &str) -> Vec<Range<usize>> {
    let mut english: Listener = Listener::default();
    let found = marked(text, |part| english.cues(part));
    if !found.is_empty() {
        return found;
    }
    let mut hearing = Hearing::of_all();
    marked(text, |part| hearing.cues(part))
}

fn marked(text: &str, mut cues: impl FnMut(&str) -> Cues) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        words.push(start..start + word.len());
    }
    if words.len() > MOST_WORDS {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for cue in cues(text).iter() {
        let mut carries = |from: usize, to: usize| text.get(from..to).is_some_and(|part| cues(part).has(cue));
        let Some(last) = words.iter().position(|word| carries(0, word.end)) else { continue };
        let end = words[last].end;
        if let Some(first) = words[..=last].iter().rev().find(|word| carries(word.start, end)) {
            found.push(first.start..end);
        }
    }
    sort::by_key(&mut found, |range| (range.start, range.end));
    // Two cues may stand in the same words.
    found.into_iter().fold(Vec::new(), |mut apart: Vec<Range<usize>>, range| {
        match apart.last_mut() {
            Some(before) if range.start <= before.end => before.end = before.end.max(range.end),
            _ => apart.push(range),
        }
        apart
    })
}

/// Lower case, accents dropped, apostrophes as spaces.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò'..='ö' => folded.push('o'),
            'ù'..='ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            '\'' | '’' | '‘' | '´' | '`' => folded.push(' '),
            // A combining accent, as some keyboards write it.
            '\u{300}'..='\u{36f}' => {}
            '¿' | '¡' => folded.push('.'),
            c => folded.push(c),
        }
    }
    folded
}

/// Spanish.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spanish;

impl Tongue for Spanish {
    const PHRASES: &'static str = "\
0-pidi*|pide*|pedi*|rog*|insisti*|suplic*|dijo|dijeron|presion* .. de|den|demos|diera|dieramos|diese|dar|darle|darles|ponga|pongamos|pusiera|poner|ponerle|calificar*|calificara|puntu*|valor*|marcara|marcar|deje|dejara ~ # $\n\
0-pidi*|pide*|pedi*|rog*|suplic* ~ # $\n\
0+por favor ~ de|den|deme|denos|ponga|pongan|califi*|valor*|puntu*|deje ~ # $\n\
0-dijo|dijeron|dice|dicen|comento .. necesit*|requier* ~ # $\n\
0+solo ~ # cuenta*|vale*|sirve*\n\
0+menos|debajo|inferior|bajo ~ # .. cero|fracas*|mal|mala|malo|nada|suspenso|cuenta\n\
1-dijo|dijeron|explic*|enseno|ensenaron|mostr* .. como ~ responder|contestar|rellenar|llenar|completar|calificar\n\
1-pidi*|dijo|dijeron .. pregunta* .. sobre|acerca ~ el|ella|ellos\n\
1-dijo|dijeron|indic* .. que ~ pregunta*|casilla*|respuesta*\n\
2-pierd*|perd* .. bono|bonus|comision|trabajo|empleo|puesto|prima|incentivo\n\
2-bono|bonus|comision|sueldo|salario|prima|puesto|trabajo|incentivo ~ depend*\n\
2-pued*|podri*|van|pueden|iban .. despedir*|echar*|castig*|sancion*|despid*\n\
2-cero para|paran|contra mi|el|ella|ellos|nosotros\n\
3-jefe|jefa|gerente|supervisor*|encargad*|direccion .. ve|ven|vera|veran|lee|leen|leera|revisa*|revisara|mira ... respuesta*|encuesta*|nota*|puntu*|valora*|califica*\n\
3+encuesta|respuestas|opiniones no ~ anonim*\n\
4-amenaz*\n\
4-me|nos|te presion*\n\
4-mirando*|miraba*|observ*|vigil*|parado|parada|encima|lado|detras ... mientras|cuando|hasta ... encuesta|respond*|contest*|rellen*|llen*|califi*|valor*|puntu*\n\
4-hizo|hicieron|hacen|hace sentir* ~ culpable|mal ... encuesta|nota|califica*|valora*|puntu*\n\
4+quiso|quisieron|dejo|dejaron|dejaba ... hasta|si ... encuesta|resena|puntu*|califica*|#\n\
5-descuento|vale|cupon|regalo|reembolso|obsequio|premio|sorteo por|si|a ... encuesta|resena|valora*|opinion|califica*|puntu*|#\n\
5-cambio de ~ encuesta|resena|valora*|opinion|califica*|puntuacion|#\n\
6-relleno|lleno|rellenaron|llenaron|completo|completaron|contesto|respondio ... encuesta|cuestionario ~ mi|nosotros|mismo|misma|mismos\n\
6-cogio|tomo|agarro|uso|quito|cogieron mi|nuestro|el|la ~ telefono|movil|celular|tablet|tableta ... encuesta|califi*|puntu*|respond*|#\n\
7-solo .. encuesta|resena|opinion|valora*|conteste*|responda*|rellene* .. si|cuando ~ content*|satisfech*|feliz|felices\n\
7-solo .. si|cuando ~ content*|satisfech*|feliz|felices\n\
7+si ~ no .. content*|satisfech*|feliz|# .. llam*|habl*|avis*|contact* .. antes|primero|vez";
    const HIGH: &'static str = "8 9 10 nueve nueves diez dieces 5 cinco cincos estrellas estrella maximo maxima maximas perfecto perfecta excelente excelentes 100";
    const FILLER: &'static str = "un una uno el la los las le les me nos lo al a de del que como nota puntuacion calificacion valoracion por con todo todos toda todas minimo menos su sus mi al y en es esta estamos estaba estuvieramos muy favor mas sea son";
    const DENIAL: &'static str = "nadie nunca jamas no sin tampoco ni ningun ninguna ninguno";
    const AFTER_SCORE: &'static str = ". 10 5 estrellas puntos puntuacion nota de en o u y e porque para si por pero que como al cuando antes aunque no a sobre me le nos les la el su sus todo todos todas";
    const BREAK: &'static str = ". yo pero y porque";
}

/// German.
#[derive(Clone, Copy, Debug, Default)]
pub struct German;

impl Tongue for German {
    const PHRASES: &'static str = "\
0-gebeten|bat|baten|bittet|bitten|gedrangt|drangte|drangten|aufgefordert|uberredet|gesagt|sagte|sagten .. # ~ geb*|verg*|bewert*|anklick*|ankreuz*|wahl*\n\
0-gebeten|bat|baten|bittet|bitten|bettelt*|gebettelt ~ um ~ # $\n\
0-um ~ # ~ gebeten|gebettelt|gebeten\n\
0+bitte ~ geb*|bewert*|vergeb*|klick*|kreuz*|wahl* ~ # $\n\
0-sagte|sagten|gesagt|meinte|meinten .. brauch*|benotig* .. # $\n\
0+nur ~ # zahl*\n\
0+unter|ausser|weniger|schlechter ~ # .. null|durchgefallen|schlecht|nichts|zahlt|gilt|versagt\n\
1-gesagt|erklart|gezeigt|sagte|zeigte|erklarte .. wie .. ausfull*|beantwort*|antwort*|bewert*\n\
1-gesagt|gezeigt|sagte|zeigte welche* ~ frage*|feld*|antwort*\n\
1-frage* .. nur ~ ihn|sie|mich ~ gehe*|geht|betrifft|betreffen\n\
2-verlier*|verliert .. bonus|pramie|provision|job|stelle|arbeit\n\
2-bonus|pramie|provision|gehalt|job|stelle|arbeitsplatz ~ hangt|abhang*|verlier*|weg|gestrichen\n\
2-sonst .. gekundigt|gefeuert|entlassen|bonus|pramie|arger|abmahnung\n\
2-bekomm*|kriegt|krieg*|gibt .. arger|abmahnung .. #|bewertung*|umfrage*|sonst\n\
2-null|sechs fur ~ mich|ihn|sie|uns\n\
3-chef*|vorgesetzte*|leitung|filialleit*|geschaftsfuhr* .. sieht|sehen|liest|lesen|pruft|prufen|kontrolliert ... antwort*|bewertung*|umfrage*|note*\n\
3-bewertung*|umfrage*|antworten .. nicht anonym\n\
3+umfrage|antworten|befragung|bewertung ~ nicht anonym\n\
4-droht*|gedroht|bedroht*\n\
4-unter druck ~ gesetzt|setz*\n\
4-mich|uns ~ gedrangt|bedrangt\n\
4-stand|standen|schaute|schauten|beobacht*|sah ... wahrend|bis|beim|als ... umfrage|bewertung|ausfull*|antwort*|bewert*\n\
4-schlechtes gewissen ... umfrage|bewertung|note\n\
4+weiger* ... bis|ohne|ehe|bevor ... umfrage|bewertung|#\n\
5-rabatt|gutschein|geschenk|erstattung|nachlass|gewinnspiel|gratis fur|wenn|gegen ... umfrage|bewertung|rezension|feedback|#\n\
5-gegenzug|gegenleistung|austausch fur|gegen ~ umfrage|bewertung|rezension|#\n\
6-hat|haben|hatte .. umfrage|fragebogen|bewertung ... fur ~ mich|uns ~ ausgefullt|abgegeben|beantwortet|gemacht\n\
6-umfrage|fragebogen|bewertung ... selbst ~ ausgefullt|abgegeben|beantwortet\n\
6-nahm|nahmen|genommen|griff mein*|unser* ~ handy|telefon|tablet ... umfrage|bewert*|#|tippt*\n\
7-nur .. wenn|falls .. zufrieden|glucklich\n\
7+wenn|falls ... nicht ~ zufrieden|glucklich|# ... melden|anrufen|sprechen|sagen|rufen ... vorher|zuerst|erst|bescheid|direkt";
    const HIGH: &'static str = "8 9 10 neun zehn zehner neuner 5 funf sterne stern hochste hochsten bestnote volle maximale beste bestmogliche perfekte top 100";
    const FILLER: &'static str = "ein eine einen einer eines die der das den dem mich mir uns ihm ihr ihn ihnen sie er es am an im in zu auf mit von bei als nur doch mindestens unbedingt bitte volle voll punkte punkten note noten bewertung sterne stern alles alle ganz sehr so ist sind war ware waren bin seien sei habe hat wir man ab uberall jeweils selbst sollte solle soll ich dass bitten";
    const DENIAL: &'static str = "niemand niemals nie nicht kein keine keiner keinen ohne weder nirgends";
    const AFTER_SCORE: &'static str = ". 10 5 sterne punkte gebeten gebettelt damit weil sonst und oder aber denn auf bei fur in im zu zum zur beim wenn als bevor an uberall brauchen braucht brauche hat haben ist er sie";
    const BREAK: &'static str = ". aber und weil denn";
}

/// French.
#[derive(Clone, Copy, Debug, Default)]
pub struct French;

impl Tongue for French {
    const PHRASES: &'static str = "\
0-demande*|dit|prie|priee|suppli*|insist*|incite*|conseille|presse .. mettre|donner|donne|mettions|mette|noter|notions|attribuer|laisser|cocher|choisir ~ # $\n\
0-demande*|suppli*|reclam*|quemand* ~ # $\n\
0+svp|plait|merci ~ mettre|donner|mettez|donnez|notez|laissez|cochez ~ # $\n\
0+mettez|donnez|notez|laissez ~ # ~ svp|plait\n\
0-dit|disait|disent|explique ... besoin|faut|fallait|exige* ~ # $\n\
0+seul|seuls|seulement|que ~ # compte*|vaut|valent\n\
0+dessous|moins|inferieur ~ # .. zero|echec|nul|mauvais*|rien|compte\n\
1-dit|explique|montre .. comment ~ repondre|remplir|noter|completer\n\
1-dit|montre|indique .. quelle*|quoi ~ question*|case*|reponse*|repondre\n\
1-demande|dit .. question* .. sur|concernant ~ lui|elle|eux\n\
2-perd|perdra|perdre|perdrait|perdent|perdraient .. prime|bonus|commission|emploi|travail|poste\n\
2-prime|bonus|commission|salaire|emploi|poste ~ depend*\n\
2-va|vont|pourrait|risque|peut|sera|serait .. vire*|licencie*|puni*|sanctionne*\n\
2-zero pour ~ moi|lui|elle|nous|eux\n\
3-chef|patron|patronne|directeur|directrice|direction|responsable|manager|hierarchie .. voit|verra|voient|lit|lira|lisent|consulte|verifie|regarde ... reponse*|note*|avis|enquete*|questionnaire*|evaluation*\n\
3+enquete|reponses|questionnaire|sondage n ~ pas ~ anonyme*\n\
4-menac*\n\
4-pression ... note*|avis|enquete|questionnaire|evaluation|#\n\
4-regardait|regardaient|surveill*|debout|restee|reste|derriere|cote|dessus ... pendant|jusqu|quand|tant ... enquete|questionnaire|repond*|rempli*|note*|avis\n\
4-fait|faisait|font ~ culpabiliser|coupable ... enquete|note|avis|questionnaire\n\
4-culpabilis* ... enquete|note|avis|questionnaire\n\
4+refus* ... avant|tant|sans|jusqu ... enquete|avis|note|#\n\
5-reduction|remise|cadeau|bon|coupon|remboursement|ristourne|tirage pour|si|contre|en ... avis|note|enquete|questionnaire|evaluation|#\n\
5-echange de|d|du ~ avis|note|enquete|questionnaire|evaluation|commentaire|#\n\
6-rempli|remplie|complete|repondu ... enquete|questionnaire|avis|sondage ... ma|notre|lui|elle|moi ~ place|meme|memes\n\
6-rempli|remplie|complete|repondu ~ enquete|questionnaire|avis|sondage pour ~ moi|nous\n\
6-pris|prit|saisi|utilise mon|notre|ma ~ telephone|portable|tablette ... enquete|not*|avis|repondre|#\n\
7-seulement|uniquement .. si|quand ~ content*|satisfait*|heureux\n\
7-que ~ si|quand ~ content*|satisfait*|heureux\n\
7+si ... pas ~ content*|satisfait*|heureux|# ... appel*|parl*|contact*|voir ... avant|abord|directement|dire";
    const HIGH: &'static str = "8 9 10 neuf dix 5 cinq etoiles etoile maximum maximale max parfait parfaite excellente excellent 100";
    const FILLER: &'static str = "un une le la les l d de du des que qu a au aux lui leur nous vous moi me m t s il elle ils elles on note avis tous toutes tout partout au moins minimum bien mettre pour y en et etes est sommes suis etais etait soyez tres vraiment plait si y de notes n avait fallait faut besoin";
    const DENIAL: &'static str = "personne jamais pas sans aucun aucune ni rien nul ne n";
    const AFTER_SCORE: &'static str = ". 10 5 sur etoiles points partout pour sinon et ou mais a au aux car parce afin dans avant si quand en comme que lors il elle tout toutes s svp";
    const BREAK: &'static str = ". mais et car parce";
}

/// Portuguese.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portuguese;

impl Tongue for Portuguese {
    const PHRASES: &'static str = "\
0-pediu|pediram|pede|pedem|pedindo|implor*|insisti*|disse|disseram|mandou|mandaram .. dar|de|desse|dessemos|dessem|por|colocar|colocasse|avaliar|avaliasse|marcar|deixar|deixasse|atribuir ~ # $\n\
0-pediu|pediram|pede|pedem|implor* ~ # $\n\
0+favor ~ de|deem|dar|coloque|avalie|deixe|marque ~ # $\n\
0-disse|disseram|diz|falou .. precis*|necessit* .. # $\n\
0+so ~ # conta*|vale*|serve*\n\
0+menos|abaixo|inferior ~ # .. zero|fracass*|mau|ruim|nada|reprova*|conta\n\
1-disse|disseram|explic*|ensin*|mostr* .. como ~ responder|preencher|completar|avaliar\n\
1-disse|disseram|indic*|mostr* .. que|quais|qual ~ pergunta*|resposta*|opcao\n\
1-pediu|disse .. pergunta* .. sobre ~ ele|ela|eles\n\
2-perd* .. bonus|comissao|emprego|trabalho|premio\n\
2-bonus|comissao|salario|emprego|trabalho|premio ~ depend*\n\
2-pode|podem|podia|podiam|vai|vao|ia|iam .. despedid*|demitid*|castigad*|punid*|mandad*\n\
2-zero para ~ mim|ele|ela|nos|eles\n\
3-chefe|gerente|supervisor*|patrao|patroa|direcao|diretor* .. ve|veem|vera|verao|le|leem|lera|verifica*|confere*|olha ... resposta*|inquerito*|pesquisa*|nota*|avaliac*\n\
3+inquerito|pesquisa|respostas|questionario nao ~ anonim*\n\
4-ameac*\n\
4-me|nos pression*\n\
4-pression* ~ me|nos|para\n\
4-olhando|olhar|observ*|vigi*|parado|parada|lado|tras|cima ... enquanto|quando|ate ... inquerito|pesquisa|respond*|preench*|avali*\n\
4-fez|fizeram|fazem sentir* ~ culpado|culpada|mal ... inquerito|pesquisa|nota|avaliac*\n\
4+recus* ... ate|sem|enquanto ... inquerito|pesquisa|avaliac*|#\n\
5-desconto|vale|cupom|cupao|presente|brinde|reembolso|oferta|sorteio por|se|para|em ... inquerito|pesquisa|avaliac*|opiniao|#\n\
5-troca de|da|do|por ~ inquerito|pesquisa|avaliac*|opiniao|nota|#\n\
6-preencheu|preencheram|respondeu|completou ... inquerito|pesquisa|questionario ~ mim|nos|mesmo|mesma|proprio|propria\n\
6-pegou|tirou|agarrou|usou|pegaram ~ meu|nosso ~ telefone|telemovel|celular|tablet ... inquerito|pesquisa|avali*|respond*|#\n\
7-so|somente|apenas .. se|quando ~ content*|satisfeit*|feliz|felizes\n\
7+se ~ nao .. content*|satisfeit*|feliz|# ... lig*|fal*|avis*|contact*|contat* ... antes|primeiro|vez";
    const HIGH: &'static str =
        "8 9 10 nove dez 5 cinco estrelas estrela maxima maximo perfeita perfeito excelente 100";
    const FILLER: &'static str = "um uma o a os as lhe lhes me nos ao de do da dos das que como nota avaliacao por com todo todos tudo toda minimo menos pelo seu sua meu e em muito favor no na para se estiver estivesse estivessemos estou for ficar era eu desta deste nesta neste nota";
    const DENIAL: &'static str = "ninguem nunca jamais nao sem nem nenhum nenhuma tampouco";
    const AFTER_SCORE: &'static str = ". 10 5 estrelas pontos de em ou e mas porque pois para no na nos nas ao a se por senao quando antes como que tudo todas ele ela";
    const BREAK: &'static str = ". mas porque";
}

/// Italian.
#[derive(Clone, Copy, Debug, Default)]
pub struct Italian;

impl Tongue for Italian {
    const PHRASES: &'static str = "\
0-chiest*|chiede*|chiedono|pregat*|implorat*|insist*|detto|disse|dicono|supplicat* .. dare|dargli|darle|dessi|dessimo|dia|mettere|mettessi|votare|valutare|lasciare|lasciassi|scegliere|segnare ~ # $\n\
0-chiest*|chiede*|chiedono|implorat*|supplicat* ~ # $\n\
0+favore|cortesia|prego ~ dia|date|metta|mettete|voti|valuti|lasci|lasciate ~ # $\n\
0+dia|date|metta|mettete|lasci ~ # ~ favore|cortesia\n\
0-detto|dice|dicono|diceva .. serve*|servono|bisogno|necessari* ~ # $\n\
0+solo|soltanto ~ # conta*|vale*|valgono\n\
0+sotto|meno|inferiore ~ # .. zero|fallimento|male|insufficient*|nulla|niente|conta|bocciat*\n\
1-detto|spiegat*|mostrat*|insegnat* .. come ~ rispondere|compilare|completare|votare\n\
1-detto|mostrat*|indicat* .. quale|quali|che ~ domand*|risposta|risposte|casell*\n\
1-chiest*|detto .. domand* .. su ~ lui|lei|loro\n\
2-perde*|perder* .. bonus|premio|provvigion*|lavoro|posto\n\
2-bonus|premio|provvigion*|stipendio|lavoro|posto ~ dipend*\n\
2-puo|possono|potrebbe|potrebbero|rischia|viene|sara .. licenziat*|punit*|sanzionat*|licenziare\n\
2-zero per ~ me|lui|lei|noi|loro\n\
3-capo|direttore|direttrice|responsabile|titolare|direzione .. vede|vedra|vedono|vedranno|legge|leggera|leggono|controlla* ... rispost*|sondaggi*|vot*|valutazion*|recension*|questionari*\n\
3+sondaggio|risposte|questionario non ~ anonim*\n\
4-minacc*\n\
4-fatto|fatta|fanno|facevano ~ pressione|pressioni\n\
4-guardav*|fissav*|osservav*|sorvegli*|piedi|dietro|fianco|accanto ... mentre|finche|quando ... sondaggio|questionario|rispond*|compil*|vot*\n\
4-fatto|fatta|fanno sentire ~ colpa|male ... sondaggio|voto|recensione|questionario\n\
4+rifiut* ... finche|senza|prima ... sondaggio|recensione|voto|#\n\
5-sconto|buono|omaggio|regalo|rimborso|coupon|premio per|se|in ... recensione|voto|sondaggio|questionario|valutazione|#\n\
5-cambio di|del|della|d ~ recensione|voto|sondaggio|questionario|valutazione|#\n\
6-compilat*|riempit*|rispost* ... sondaggio|questionario|recensione ... posto|stesso|stessa|soli ~ mio|nostro|.\n\
6-compilat*|riempit* ~ sondaggio|questionario|recensione ~ me|noi|sola|solo|stesso|stessa\n\
6-preso|presa|usato ~ telefono|cellulare|tablet|telefonino ... sondaggio|vot*|recensione|rispond*|#\n\
7-solo|soltanto .. se|quando ~ content*|soddisfatt*|felic*\n\
7+se ~ non .. content*|soddisfatt*|felic*|# ... chiam*|parl*|contatt*|dirlo|dirglielo ... prima|direttamente|subito|invece";
    const HIGH: &'static str =
        "8 9 10 nove dieci 5 cinque stelle stella massimo massima pieno perfetto ottimo eccellente 100";
    const FILLER: &'static str = "un una uno il lo la le gli i l di del della dei mi ci gli loro noi a al ai che come voto valutazione punteggio tutto tutti tutte almeno minimo per con suo sua mio mia e in molto favore piacere nostro nostra nostri era siamo sono fossi fossimo eravamo ero da sul tablet";
    const DENIAL: &'static str = "nessuno mai non senza neanche nemmeno nessuna niente";
    const AFTER_SCORE: &'static str = ". 10 5 stelle punti su sul sulla sui o e ma perche per altrimenti in nel nella nei a al alla se ovunque quando prima come che tutto tutte lui lei";
    const BREAK: &'static str = ". io ma perche";
}

/// Dutch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dutch;

impl Tongue for Dutch {
    const PHRASES: &'static str = "\
0-gevraagd|vroeg|vroegen|vraagt|smeekte*|gesmeekt|drong*|aangedrongen|gezegd|zei|zeiden .. # ~ te ~ geven|gaf|geef|geven|invullen|kiezen|scoren\n\
0-gevraagd|vroeg|vroegen|vraagt|smeekte*|gesmeekt|bedel* ~ om ~ # $\n\
0-om ~ # ~ gevraagd|gesmeekt|gebedeld\n\
0+graag|alstublieft|aub ~ geef|geven|kies|vul|scoor ~ # $\n\
0+geef|kies|vul ~ # ~ alstublieft|aub\n\
0-zei|zeiden|gezegd|zegt .. nodig ~ # $\n\
0-zei|zeiden|gezegd|zegt .. # ~ nodig\n\
0+alleen ~ # telt|tellen\n\
0+onder|lager|minder ~ # .. nul|onvoldoende|slecht|niets|mislukt|telt\n\
1-gezegd|uitgelegd|verteld|zei|liet .. hoe .. invullen|beantwoorden|antwoorden|scoren|invul\n\
1-gezegd|verteld|zei|vertelde ~ welke* ~ vra*|antwoord*|vakje*\n\
2-verlies*|verliest|verliezen .. bonus|premie|provisie|baan|werk\n\
2-bonus|premie|provisie|salaris|loon|baan ~ hangt|afhang*|afhankelijk|kwijt\n\
2-anders .. ontslagen|bonus|problemen|straf|gestraft\n\
2-kan|kunnen|zou|wordt|worden .. ontslagen|gestraft\n\
2-nul voor ~ mij|hem|haar|ons\n\
3-baas|chef|manager|leidinggevende|directie .. ziet|zien|leest|lezen|controleert|bekijkt ... antwoord*|enquete*|score*|beoordeling*|cijfer*\n\
3+enquete|antwoorden|beoordeling|onderzoek ~ niet anoniem\n\
4-dreig*|gedreigd|bedreigd\n\
4-onder druk ~ gezet|zet*\n\
4-stond|keek|keken|meekijk*|meekeek|stonden ... terwijl|tot|toen ... enquete|beoordel*|invul*|antwoord*|vragen\n\
4-schuldig ... enquete|score|beoordeling|cijfer\n\
4+weiger* ... tot|zonder|totdat|voordat ... enquete|review|beoordeling|#\n\
5-korting|cadeau|bon|tegoedbon|waardebon|terugbetaling|gratis voor|als|in ... enquete|review|beoordeling|recensie|#\n\
5-ruil voor ~ enquete|review|beoordeling|recensie|#\n\
6-heeft|hebben|had .. enquete|vragenlijst|beoordeling ... voor ~ mij|me|ons ~ ingevuld|gedaan|beantwoord\n\
6-enquete|vragenlijst|beoordeling ~ zelf ~ ingevuld|gedaan|beantwoord\n\
6-pakte|nam|greep ~ mijn|onze ~ telefoon|tablet|mobiel ... enquete|beoordel*|score|#|invul*\n\
7-alleen .. als|wanneer ~ tevreden|blij\n\
7+als ... niet ~ tevreden|blij|# ... bellen|bel|praten|zeggen|contact|melden ... eerst|direct|meteen";
    const HIGH: &'static str = "8 9 10 negen tien tienen negens 5 vijf sterren ster hoogste maximale maximaal perfecte beste uitstekend 100";
    const FILLER: &'static str = "een de het me mij ons hem haar hun ze we wij u je jij ik om te van voor met op als maar minstens minimaal graag volle cijfer score beoordeling sterren alles alle heel erg zo is zijn was ben bent waren aan in bij overal n dan er ook zelf dat moet moest moesten zou wilde wilden kon";
    const DENIAL: &'static str = "niemand nooit niet geen zonder noch nergens";
    const AFTER_SCORE: &'static str = ". 10 5 sterren punten gevraagd omdat want anders en of maar op voor in te bij als toen dan zodat overal hij ze zij wilde wilden geven gaf nodig";
    const BREAK: &'static str = ". maar en want omdat";
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_survey::words::{Cue, cues};
    use proptest::prelude::*;

    const SET: &str = include_str!("fixtures/solicitation.tsv");
    const UNSEEN: &str = include_str!("fixtures/solicitation_unseen.tsv");

    /// The cues of a text, by the table of its language alone.
    fn heard(language: &str, text: &str) -> Cues {
        let folded = fold(text);
        match language {
            "es" => Listener::<Spanish>::default().cues(&folded),
            "de" => Listener::<German>::default().cues(&folded),
            "fr" => Listener::<French>::default().cues(&folded),
            "pt" => Listener::<Portuguese>::default().cues(&folded),
            "it" => Listener::<Italian>::default().cues(&folded),
            "nl" => Listener::<Dutch>::default().cues(&folded),
            _ => cues(text),
        }
    }

    #[test]
    fn the_words_that_carry_a_cue_are_marked_and_no_others() {
        let marked =
            |text: &str| marks(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
        let text = "Nice shop. Afterwards he asked me to give a 10 so that he gets his bonus, and the bread was good.";
        let found = marked(text);
        assert!(found.iter().any(|part| part.contains("asked me to give a 10")), "{found:?}");
        assert!(found.iter().all(|part| !part.contains("Nice") && !part.contains("bread")), "{found:?}");
        assert_eq!(marked("Nice shop, and the bread was good."), Vec::<String>::new());
        assert_eq!(marked(""), Vec::<String>::new());
        let german = "Schöner Laden. Er hat mich gebeten, eine 10 zu geben. Gern wieder!";
        let found = marked(german);
        assert!(found.iter().any(|part| part.contains("10")), "{found:?}");
        assert!(found.iter().all(|part| !part.contains("Laden")), "{found:?}");
    }

    #[test]
    fn what_is_marked_carries_a_cue_by_itself_in_every_text_that_carries_one() {
        for line in SET.lines().filter(|line| !line.starts_with('#')) {
            let Some(text) = line.split('\t').next_back() else { continue };
            if cues(text).is_empty() {
                continue;
            }
            let found = marks(text);
            assert!(!found.is_empty(), "{text}");
            for range in &found {
                assert!(!cues(&text[range.clone()]).is_empty(), "{text}: {}", &text[range.clone()]);
            }
            assert!(found.windows(2).all(|pair| pair[0].end < pair[1].start), "{text}");
        }
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "a test says how well its lists do")]
    fn precision_and_recall_on_the_set_made_by_hand_are_printed_and_high() {
        assert!(SET.starts_with("# Made by hand"));
        for language in ["en", "es", "de", "fr", "pt", "it", "nl"] {
            let (mut right, mut wrong, mut missed, mut kinds, mut told) = (0u32, 0u32, 0u32, 0u32, 0u32);
            for line in SET.lines().filter(|line| !line.starts_with('#')) {
                let cells: Vec<&str> = line.split('\t').collect();
                let &[of, expected, text] = &cells[..] else { panic!("{line}") };
                if of != language {
                    continue;
                }
                let expected: Vec<Cue> = expected.split(',').filter_map(Cue::from_word).collect();
                let found = heard(language, text);
                match (expected.is_empty(), found.is_empty()) {
                    (false, false) => right += 1,
                    (true, false) => wrong += 1,
                    (false, true) => missed += 1,
                    (true, true) => {}
                }
                kinds += expected.iter().filter(|&&cue| found.has(cue)).count() as u32;
                told += expected.len() as u32;
                if expected.is_empty() != found.is_empty() {
                    println!(
                        "  {language} {:?} instead of {expected:?}: {text}",
                        found.iter().collect::<Vec<_>>()
                    );
                }
            }
            let (precision, recall) =
                (f64::from(right) / f64::from(right + wrong), f64::from(right) / f64::from(right + missed));
            println!(
                "{language}: precision {precision:.2}, recall {recall:.2}; kinds told {kinds} of {told}"
            );
            assert!(precision >= 0.9 && recall >= 0.8, "{language}: precision {precision}, recall {recall}");
            assert!(kinds * 4 >= told * 3, "{language}: {kinds} of {told} kinds");
        }
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "a test says how well its lists do")]
    fn precision_and_recall_on_sentences_that_no_list_was_mended_by_are_printed() {
        let (mut right, mut wrong, mut missed) = (0u32, 0u32, 0u32);
        for line in UNSEEN.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let &[of, expected, text] = &cells[..] else { panic!("{line}") };
            let expected: Vec<Cue> = expected.split(',').filter_map(Cue::from_word).collect();
            let found = heard(of, text);
            match (expected.is_empty(), found.is_empty()) {
                (false, false) => right += 1,
                (true, false) => wrong += 1,
                (false, true) => missed += 1,
                (true, true) => {}
            }
            if expected.is_empty() != found.is_empty() {
                println!("  {of} {:?} instead of {expected:?}: {text}", found.iter().collect::<Vec<_>>());
            }
        }
        println!("unseen: {right} heard, {missed} missed, {wrong} heard wrongly");
        assert!(wrong == 0 && right >= 9, "{right} heard, {missed} missed, {wrong} heard wrongly");
    }

    #[test]
    fn a_file_is_heard_in_the_languages_that_it_has() {
        let languages = ["es", "de"].map(|tag| {
            let text = if tag == "es" {
                "El señor que está en el mostrador fue muy amable conmigo y me ayudó con todo aquello que yo necesitaba. ¡Muchísimas gracias, volveré!"
            } else {
                "Der junge Mann an der Kasse war sehr freundlich und hat mir mit allem geholfen, was ich brauchte."
            };
            super::super::language::language(text).unwrap()
        });
        let mut hearing = Hearing::new(languages);
        assert!(!hearing.is_deaf() && Hearing::default().is_deaf());
        assert!(hearing.cues("Me pidió que le pusiera un 10").has(Cue::NamesScore));
        assert!(hearing.cues("Er bat mich um eine 10.").has(Cue::NamesScore));
        assert!(hearing.cues("Il m’a demandé de mettre un 10").is_empty());
        assert!(Hearing::new([Language::ENGLISH]).is_deaf());
    }

    proptest! {
        #[test]
        fn any_text_is_heard_without_a_panic(text in "(\\PC|10|nadie|pidió|gebeten|bonus|l’|ß| ){0,60}") {
            for language in ["es", "de", "fr", "pt", "it", "nl"] {
                heard(language, &text);
            }
        }
    }
}
