/** What settings of AICO's own plugins and samples are called and mean, by the words that their forms would show. */
export const settingWordsDe: ReadonlyMap<string, string> = new Map([
  ['Memory', 'Arbeitsspeicher'],
  [
    'Megabytes that data and questions may take while they are in use.',
    'Megabyte, die Daten und Fragen einnehmen dürfen, solange sie gebraucht werden.',
  ],
  ['Time for a question', 'Zeit für eine Frage'],
  ['Seconds after which a question is stopped.', 'Sekunden, nach denen eine Frage angehalten wird.'],
  ['Keep records for', 'Einträge behalten'],
  [
    'Days after which a record is removed, with a signed mark of where; 0 keeps them for ever.',
    'Tage, nach denen ein Eintrag entfernt wird, mit einer unterschriebenen Marke, wo; 0 behält sie für immer.',
  ],
  ['Folder', 'Ordner'],
  [
    'Where backups go: best on another disk. Empty: beside the data, where they are lost with it.',
    'Wohin Sicherungen gehen: am besten auf ein anderes Laufwerk. Leer: neben die Daten, mit denen sie verloren gehen.',
  ],
  ['Every day', 'Jeden Tag'],
  [
    'Make a backup a day while the vault is open, and remove those that are too old.',
    'Jeden Tag eine Sicherung machen, solange der Tresor offen ist, und zu alte entfernen.',
  ],
  ['Keep the key apart', 'Den Schlüssel getrennt halten'],
  [
    'Keep the key out of the folder of the backups: copies of it open nothing then, and another machine needs the key file (aico backup key) beside your password.',
    'Den Schlüssel nicht in den Ordner der Sicherungen legen: Kopien davon öffnen dann nichts, und ein anderer Rechner braucht außer deinem Passwort die Schlüsseldatei (aico backup key).',
  ],
  ['Folder of chromadb', 'Ordner von chromadb'],
  [
    'Where you installed it with npm: the folder that holds node_modules/chromadb. AICO downloads nothing. While it is empty, Chroma does not start.',
    'Wo du es mit npm installiert hast: der Ordner, in dem node_modules/chromadb liegt. AICO lädt nichts herunter. Solange das leer ist, startet Chroma nicht.',
  ],
  [
    'Megabytes that Chroma may take. Above it Chroma is ended and started again; what it keeps is safe.',
    'Megabyte, die Chroma einnehmen darf. Darüber wird Chroma beendet und neu gestartet; was es aufbewahrt, ist sicher.',
  ],
  ['Which Chroma', 'Welches Chroma'],
  [
    'address: a server of yours, unencrypted, open to whoever reaches it. own: AICO starts it (the plugin chroma-server), encrypted on the disk and reached by nobody else.',
    'address: ein Server von dir, unverschlüsselt, offen für alle, die ihn erreichen. own: AICO startet es (das Plugin chroma-server), verschlüsselt auf dem Laufwerk und für niemanden sonst erreichbar.',
  ],
  ['Address of your server', 'Adresse deines Servers'],
  [
    'Such as http://127.0.0.1:8000, or https://chroma.example.org. Of no use with own. Chroma has no login: keep others away from it.',
    'Etwa http://127.0.0.1:8000 oder https://chroma.example.org. Bei own ohne Bedeutung. Chroma hat keine Anmeldung: Halte andere davon fern.',
  ],
  ['Host', 'Adresse'],
  ["The address to listen on; this machine's own only.", 'Die Adresse, auf der gehört wird; nur eine dieses Rechners.'],
  ['Port', 'Port'],
  ['The port to listen on; 0 takes any free one.', 'Der Port, auf dem gehört wird; 0 nimmt irgendeinen freien.'],
  ['Session idle minutes', 'Minuten ohne Nutzung'],
  ['Minutes without use after which you are signed out.', 'Minuten ohne Nutzung, nach denen du abgemeldet wirst.'],
  ['Session hours', 'Stunden einer Sitzung'],
  ['Hours after which you are signed out in any case.', 'Stunden, nach denen du auf jeden Fall abgemeldet wirst.'],
  ['Requests per minute', 'Anfragen in der Minute'],
  ['Requests that are answered a minute.', 'Anfragen, die in der Minute beantwortet werden.'],
  ['Sign ins per minute', 'Anmeldungen in der Minute'],
  [
    'Tries at the password that are passed on a minute.',
    'Versuche mit dem Passwort, die in der Minute weitergegeben werden.',
  ],
  ['Keep events for', 'Ereignisse behalten'],
  [
    'Days after which events are dropped, handled or not.',
    'Tage, nach denen Ereignisse wegfallen, erledigt oder nicht.',
  ],
  ['Keep at most', 'Höchstens behalten'],
  [
    'Megabytes from which on events that were handled are dropped, oldest first.',
    'Megabyte, ab denen erledigte Ereignisse wegfallen, die ältesten zuerst.',
  ],
  ['Ollama url', 'Adresse von Ollama'],
  ['Where Ollama is looked for.', 'Wo nach Ollama gesucht wird.'],
  ['Find ollama', 'Ollama suchen'],
  ['Look for Ollama while no model is connected.', 'Nach Ollama suchen, solange kein Modell verbunden ist.'],
  ['Silence seconds', 'Sekunden der Stille'],
  [
    'How long a model server may be silent before the reply is given up.',
    'Wie lange ein Modellserver schweigen darf, bevor die Antwort aufgegeben wird.',
  ],
  ['Scripted word ms', 'Millisekunden je Wort'],
  [
    'Pause between the words of the built-in companion, in milliseconds.',
    'Pause zwischen den Wörtern des eingebauten Gefährten, in Millisekunden.',
  ],
  ['Unload the model after', 'Das Modell entladen'],
  [
    'Minutes without use after which the embedding model is unloaded, to free about 150 MB of memory.',
    'Minuten ohne Nutzung, nach denen das Einbettungsmodell entladen wird, um etwa 150 MB Arbeitsspeicher freizugeben.',
  ],
  ['List connections for', 'Verbindungen zeigen'],
  [
    'Days after which a single connection is no longer listed; it stays counted.',
    'Tage, nach denen eine einzelne Verbindung nicht mehr gezeigt wird; gezählt bleibt sie.',
  ],
  ['List at most', 'Höchstens zeigen'],
  [
    'Connections of one plugin that are listed; older ones stay counted.',
    'Verbindungen eines Plugins, die gezeigt werden; ältere bleiben gezählt.',
  ],
  [
    'Megabytes of all plugins together. Above it, what was not used for longest goes, of the plugin that takes most.',
    'Megabyte aller Plugins zusammen. Darüber geht, was am längsten nicht gebraucht wurde, von dem Plugin, das am meisten einnimmt.',
  ],
  ['New vectors go to', 'Neue Vektoren gehen nach'],
  [
    "embedded: the plugin's own encrypted database. external: Chroma, which is encrypted only where AICO starts it. What is there already stays where it is; aico vectors move moves it.",
    'embedded: die eigene verschlüsselte Datenbank des Plugins. external: Chroma, das nur verschlüsselt ist, wo AICO es startet. Was schon da ist, bleibt, wo es ist; aico vectors move bewegt es.',
  ],
  ['Fail at the start', 'Beim Start scheitern'],
  ['It fails whenever it starts, until AICO sets it aside.', 'Es scheitert bei jedem Start, bis AICO es beiseitelegt.'],
  ['Hosts', 'Rechner'],
  [
    'Hosts that it may contact, with spaces between them, for instance: example.org blog.example.net',
    'Rechner, die es ansprechen darf, mit Leerzeichen dazwischen, zum Beispiel: example.org blog.example.net',
  ],
]);
