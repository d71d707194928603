import type { ErrorWords } from './error-words.ts';

const AGAIN = 'Versuche es noch einmal.';

/** German words for errors about the vault, backups, exports, forgetting, and what is asked of what is kept. */
export const keptErrorsDe: ErrorWords = new Map([
  [
    'VAULT_PASSWORD_WRONG',
    {
      message: 'Das Passwort stimmt nicht.',
      fix: 'Versuche es noch einmal; achte auf Tastaturbelegung und Feststelltaste.',
    },
  ],
  [
    'VAULT_PASSWORD_WEAK',
    { message: 'Das Passwort ist zu kurz.', fix: 'Wähle ein längeres; ein paar Wörter zusammen sind gut.' },
  ],
  [
    'VAULT_THROTTLED',
    {
      message: 'Zu viele falsche Passwörter; der nächste Versuch ist in {seconds} s möglich.',
      fix: 'Warte, dann versuche es noch einmal.',
    },
  ],
  ['VAULT_LOCKED', { message: 'Der Tresor ist abgeschlossen.', fix: 'Schließe ihn mit dem Hauptpasswort auf.' }],
  [
    'VAULT_EXISTS',
    { message: 'Der Tresor hat schon ein Hauptpasswort.', fix: 'Schließe ihn auf, oder ändere das Passwort.' },
  ],
  ['VAULT_EMPTY', { message: 'Es gibt noch kein Hauptpasswort.', fix: 'Wähle zuerst ein Hauptpasswort.' }],
  [
    'AUDIT_HEAD_MALFORMED',
    {
      message: '{subject} ist kein Kopf des Protokolls.',
      fix: 'Nimm den Kopf aus einer früheren Prüfung, mitsamt der Nummer.',
    },
  ],
  [
    'BACKUP_FOLDER_GONE',
    {
      message: 'Der Ordner {subject} für Sicherungen ist nicht da, oder seine Platte antwortet nicht.',
      fix: 'Schließe die Platte oder Freigabe an, oder wähle einen anderen Ordner.',
    },
  ],
  [
    'BACKUP_FULL',
    {
      message: 'In {subject} ist kein Platz mehr für die Sicherung; die früheren sind unversehrt.',
      fix: 'Schaffe dort Platz, oder wähle einen anderen Ordner.',
    },
  ],
  [
    'BACKUP_NO_ROOM',
    {
      message:
        'In {subject} ist kein Platz mehr, um die Sicherung auszupacken; was in Gebrauch ist, bleibt, wie es ist.',
      fix: 'Schaffe auf dieser Platte Platz, dann versuche es noch einmal.',
    },
  ],
  [
    'BACKUP_UNWRITABLE',
    {
      message:
        'In den Ordner {subject} lässt sich nicht schreiben: Dir fehlt das Recht dazu, oder die Platte lässt es nicht zu.',
      fix: 'Gib dir dort Schreibrecht, oder wähle einen anderen Ordner.',
    },
  ],
  [
    'BACKUP_DAMAGED',
    {
      message: 'Die Sicherung {subject} ist beschädigt ({problem}).',
      fix: 'Nimm eine andere, und mach eine neue: Sie schreibt neu, was hier beschädigt ist und sich seither nicht änderte.',
    },
  ],
  [
    'BACKUP_IN_DOUBT',
    {
      message: 'Ältere Sicherungen lassen sich nicht entfernen: {subject} ist beschädigt.',
      fix: 'Versuche es noch einmal; bleibt es so, verschiebe diese Datei an einen anderen Ort.',
    },
  ],
  ['BACKUP_NEWER', { message: 'Die Sicherung {subject} stammt von einem neueren AICO.', fix: 'Aktualisiere AICO.' }],
  [
    'BACKUP_KEY_ABSENT',
    {
      message: 'Der Schlüssel der Sicherung {subject} ist nicht hier.',
      fix: 'Wenn du die Schlüsseldatei getrennt aufbewahrst: aico backup restore {subject} --key <Datei>. Wurde sie vernichtet, öffnet niemand diese Sicherung.',
    },
  ],
  [
    'EXPORT_BUSY',
    { message: 'Es wird gerade schon etwas ausgegeben oder eingelesen.', fix: 'Warte, bis es getan ist.' },
  ],
  [
    'EXPORT_PART_ABSENT',
    {
      message: '{subject} lässt sich nicht ausgeben: Das Plugin läuft nicht.',
      fix: 'Schalte es ein, oder wähle es ab.',
    },
  ],
  [
    'EXPORT_PART_BROKEN',
    {
      message: 'Was {subject} aufbewahrt, ließ sich nicht ausgeben: {problem}.',
      fix: 'Wähle es ab, und sag es dem Autor des Plugins.',
    },
  ],
  [
    'EXPORT_UNREADABLE',
    { message: 'Das ist nichts, was AICO ausgegeben hat: {problem}.', fix: 'Wähle den Ordner mit manifest.json.' },
  ],
  [
    'EXPORT_NEWER',
    { message: 'Das hat ein neueres AICO ausgegeben, als dieses hier kennt.', fix: 'Aktualisiere AICO.' },
  ],
  [
    'EXPORT_CHANGED',
    {
      message: '{subject} änderte sich während des Einlesens: {problem}.',
      fix: 'Lies es noch einmal ein: Was schon hier ist, bleibt, wie es ist.',
    },
  ],
  ['EXPORT_IMPORT_UNKNOWN', { message: 'Das Einlesen läuft nicht mehr.', fix: 'Beginne es neu.' }],
  ['PRIVACY_BUSY', { message: 'Es wird gerade etwas anderes vergessen.', fix: 'Warte, bis es getan ist.' }],
  [
    'PRIVACY_SEARCH_EMPTY',
    { message: 'Es ist nicht gesagt, was vergessen werden soll.', fix: 'Nenne einen Namen oder einen Zeitraum.' },
  ],
  [
    'PRIVACY_NAME_UNSEARCHABLE',
    {
      message: 'Ein Name ohne Buchstaben oder Ziffer lässt sich nicht suchen; gesucht wurde nichts.',
      fix: 'Nenne die Person mit Wörtern, oder vergiss die Nachrichten oder den Zeitraum, die du meinst.',
    },
  ],
  [
    'PRIVACY_AGE_TOO_SHORT',
    {
      message: 'Aufbewahrt wird mindestens eine Woche lang: {subject}.',
      fix: 'Nenne mindestens 7 Tage, oder 0 für immer.',
    },
  ],
  [
    'PRIVACY_AGE_INVALID',
    {
      message: '{subject} ist weder eine Art noch eine Zeit, für die etwas aufbewahrt werden kann.',
      fix: 'Schreib: aico forget keep conversations 90, oder: aico forget keep memories ever.',
    },
  ],
  [
    'PRIVACY_PLUGIN_INSTALLED',
    {
      message: 'Das Plugin {subject} ist installiert, darum bleibt, was es aufbewahrt.',
      fix: 'Entferne es zuerst.',
    },
  ],
  [
    'PRIVACY_HOLDER_ABSENT',
    {
      message: 'Das Plugin {subject} bewahrt etwas von dir auf und läuft nicht.',
      fix: 'Schalte es ein; es wird alle Viertelstunde wieder versucht.',
    },
  ],
  [
    'BACKUP_KEY_WRONG',
    {
      message: 'Die Sicherung {subject} ist von einem anderen Tresor.',
      fix: 'Nimm das Hauptpasswort oder den Wiederherstellungscode jener Zeit.',
    },
  ],
  ['BACKUP_BUSY', { message: 'An einer Sicherung wird gerade gearbeitet.', fix: 'Warte, bis das fertig ist.' }],
  [
    'BACKUP_INTERRUPTED',
    { message: 'Die Sicherung wurde nicht fertig ({problem}); die früheren sind unversehrt.', fix: AGAIN },
  ],
  [
    'VAULT_KEYRING_UNAVAILABLE',
    {
      message: 'Der Schlüsselbund dieses Geräts hilft nicht: {problem}.',
      fix: 'Schließe mit dem Hauptpasswort auf. Unter Linux braucht der Schlüsselbund eine Arbeitsumgebung mit einem Secret Service, etwa gnome-keyring.',
      problems: {
        'it does not answer': 'Er antwortet nicht',
        'it has no key for this vault': 'Er hat keinen Schlüssel für diesen Tresor',
        'its key is of another time': 'Sein Schlüssel ist aus einer anderen Zeit',
        'no desktop session with a keyring answers here':
          'Hier antwortet keine Arbeitsumgebung mit einem Schlüsselbund',
      },
    },
  ],
  [
    'VAULT_RECOVERY_WRONG',
    {
      message: 'Der Wiederherstellungscode stimmt nicht.',
      fix: 'Vergleiche ihn Gruppe für Gruppe mit dem, was du aufgeschrieben hast.',
    },
  ],
  [
    'ANALYTICS_SQL_INVALID',
    {
      message: 'Die Frage ist nicht zu verstehen.',
      fix: 'Berichtige sie; die Tabellen und ihre Spalten stehen daneben.',
    },
  ],
  [
    'ANALYTICS_READ_ONLY',
    { message: 'Eine Frage liest nur; dies tut etwas anderes.', fix: 'Frage mit SELECT, eine Anweisung auf einmal.' },
  ],
  ['ANALYTICS_DENIED', { message: '{subject} ist nichts für Fragen.', fix: 'Lass es weg.' }],
  [
    'ANALYTICS_TIMEOUT',
    {
      message: 'Die Frage dauerte länger als {seconds} s und wurde angehalten.',
      fix: 'Frage nach weniger, oder gib ihr mehr Zeit, unter Plugins → Auswertung.',
    },
  ],
  [
    'ANALYTICS_MEMORY',
    {
      message: 'Die Frage braucht mehr Speicher als {limit} MB und wurde angehalten.',
      fix: 'Frage nach weniger: weniger Spalten, WHERE, LIMIT; oder gib ihr mehr Speicher, unter Plugins → Auswertung.',
    },
  ],
  [
    'ANALYTICS_BUSY',
    { message: 'Es warten schon {limit} Fragen.', fix: 'Warte auf eine Antwort, oder halte eine Frage an.' },
  ],
  [
    'ANALYTICS_SOURCE_AWAY',
    {
      message: 'Worum es in {table} geht, ist nicht zu lesen: {source} antwortet nicht.',
      fix: 'Schalte {source} unter Plugins ein, oder frage nach etwas anderem.',
    },
  ],
  [
    'ANALYTICS_SOURCE_DENIED',
    {
      message: 'Worum es in {table} geht, ist nicht zu lesen: Das Plugin Auswertung darf {source} nicht danach fragen.',
      fix: 'Erlaube es unter Plugins → Auswertung, oder frage nach etwas anderem.',
    },
  ],
  [
    'ANALYTICS_SAVED_LIMIT',
    { message: 'Es sind schon {limit} Fragen aufgehoben.', fix: 'Lösche eine, die du nicht mehr brauchst.' },
  ],
  [
    'VAULT_DAMAGED',
    {
      message: 'Die Datei {subject} des Tresors ist beschädigt: {problem}.',
      fix: 'Hole sie aus einer Sicherung zurück.',
    },
  ],
  [
    'VAULT_NEWER',
    { message: '{subject} hat ein neueres AICO geschrieben.', fix: 'Starte wieder die neuere Fassung von AICO.' },
  ],
  [
    'VAULT_UNWRITABLE',
    {
      message: '{subject} lässt sich nicht schreiben: {problem}.',
      fix: 'Schaffe Platz, oder gib dir Schreibrecht im Ordner, dann versuche es noch einmal.',
    },
  ],
  [
    'VAULT_SECRETS_FULL',
    {
      message: '{subject} bewahrt schon so viele Geheimnisse auf, wie es darf ({limit}).',
      fix: 'Lösche einige, die du nicht mehr brauchst.',
    },
  ],
  [
    'VAULT_FOLDER_UNAVAILABLE',
    {
      message: 'Der verschlüsselte Ordner lässt sich nicht öffnen: {problem}.',
      fix: 'Sieh nach, was „aico doctor“ über gocryptfs sagt, und schließe den Tresor für einen neuen Versuch ab und wieder auf; alles andere geht auch ohne.',
    },
  ],
  [
    'BACKUP_UNREADABLE',
    {
      message: '{subject} lässt sich nicht lesen.',
      fix: 'Prüfe die Festplatte und die Rechte der Datei, dann versuche es noch einmal.',
    },
  ],
  [
    'BACKUP_UNKNOWN',
    { message: 'Die Sicherung {subject} ist nicht mehr in diesem Ordner.', fix: 'Lade die Seite neu.' },
  ],
  [
    'BACKUP_CONVERSATION_UNKNOWN',
    { message: 'In der Sicherung {subject} ist dieses Gespräch nicht.', fix: 'Sieh in einer anderen Sicherung nach.' },
  ],
  ['BACKUP_NO_VAULT', { message: 'Es gibt noch nichts zu sichern.', fix: 'Wähle zuerst ein Hauptpasswort.' }],
  ['EXPORT_PART_UNKNOWN', { message: '{subject} gibt niemand aus.', fix: 'Wähle aus dem, was auf der Seite steht.' }],
  [
    'EXPORT_INVALID',
    {
      message: 'Es wurde nichts eingelesen: {count} Fehler, der erste in {subject}: {problem}.',
      fix: 'Gib es noch einmal aus, und lies das ein.',
    },
  ],
  ['EXPORT_IMPORT_ORDER', { message: 'Das Einlesen ist durcheinandergeraten: {problem}.', fix: 'Beginne es neu.' }],
  [
    'PRIVACY_BACKUP_WAITS',
    {
      message: 'Die Sicherungen blieben, wie sie sind: Es ist noch nicht alles vergessen.',
      fix: 'Was noch offen ist, steht in der Quittung; AICO versucht es von selbst weiter.',
    },
  ],
  ['PRIVACY_PERIOD_INVALID', { message: '„{subject}“ ist keine Zeit.', fix: 'Wähle einen Tag im Kalender.' }],
  [
    'ANALYTICS_ENGINE_UNAVAILABLE',
    {
      message: 'DuckDB, das die Fragen beantwortet, lässt sich hier nicht laden: {problem}.',
      fix: 'Alles andere geht auch ohne.',
    },
  ],
  [
    'ANALYTICS_SAVED_UNKNOWN',
    { message: 'Eine Frage „{subject}“ hast du nicht aufbewahrt.', fix: 'Lade die Seite neu.' },
  ],
]);
