/** What AICO's own plugins and samples are called and what they are for, by the words in their manifests. */
export const pluginWordsDe: ReadonlyMap<string, string> = new Map([
  ['Analytics', 'Auswertung'],
  [
    'Answers questions in SQL about your conversations and about what AICO did, in memory alone.',
    'Beantwortet Fragen in SQL nach deinen Gesprächen und nach dem, was AICO getan hat, allein im Arbeitsspeicher.',
  ],
  ['Audit', 'Protokoll'],
  [
    'Keeps a record of every decision that nobody can change unseen.',
    'Schreibt jede Entscheidung so auf, dass niemand sie unbemerkt ändern kann.',
  ],
  ['Backups', 'Sicherungen'],
  [
    'Keeps encrypted backups of everything, and puts them back.',
    'Bewahrt verschlüsselte Sicherungen von allem auf und holt sie zurück.',
  ],
  ['Chat', 'Gespräche'],
  ['Keeps your conversations and answers in them.', 'Bewahrt deine Gespräche auf und antwortet darin.'],
  ['Chroma server', 'Chroma-Server'],
  [
    'Starts Chroma with its files in the encrypted folder, in a network of its own that nobody else reaches.',
    'Startet Chroma mit seinen Dateien im verschlüsselten Ordner, in einem eigenen Netz, das sonst niemand erreicht.',
  ],
  ['Chroma', 'Chroma'],
  [
    'Keeps vectors in Chroma: in one that AICO starts in the encrypted folder, or in a server of yours, where they are unencrypted.',
    'Bewahrt Vektoren in Chroma auf: in einem, das AICO im verschlüsselten Ordner startet, oder auf einem Server von dir, wo sie unverschlüsselt sind.',
  ],
  ['Console', 'Oberfläche'],
  [
    'The web app: talk, memories, plugins, activity and settings, in your browser.',
    'Die Web-App: Gespräche, Erinnerungen, Plugins, Aktivität und Einstellungen in deinem Browser.',
  ],
  ['Export', 'Ausgabe'],
  [
    'Exports everything that is yours in open formats, and imports it again.',
    'Gibt alles, was dir gehört, in offenen Formaten aus und liest es wieder ein.',
  ],
  ['Gateway', 'Zugang'],
  [
    'The door for browsers on this machine: the app, an HTTP interface and a WebSocket, behind your password.',
    'Die Tür für Browser auf diesem Rechner: die App, eine HTTP-Schnittstelle und ein WebSocket, hinter deinem Passwort.',
  ],
  ['Journal', 'Ereignisse'],
  [
    'Keeps events that must not be lost, encrypted, until they are handled.',
    'Bewahrt Ereignisse, die nicht verloren gehen dürfen, verschlüsselt auf, bis sie erledigt sind.',
  ],
  ['Language models', 'Sprachmodelle'],
  [
    'Asks the language model that you chose, and answers in simple words of its own while there is none.',
    'Fragt das Sprachmodell, das du gewählt hast, und antwortet in einfachen eigenen Worten, solange es keines gibt.',
  ],
  ['Memory', 'Gedächtnis'],
  [
    'Remembers what you said and finds it again, by words and by meaning.',
    'Merkt sich, was du gesagt hast, und findet es wieder, nach Worten und nach Bedeutung.',
  ],
  ['Network', 'Netz'],
  [
    'Contacts other computers for plugins that may, and keeps a list of what left this machine.',
    'Verbindet sich für Plugins, die das dürfen, mit anderen Rechnern und führt Buch darüber, was diesen Rechner verlassen hat.',
  ],
  ['Privacy', 'Privatsphäre'],
  [
    'Forgets what you want forgotten, everywhere, and gives you a receipt.',
    'Vergisst überall, was du vergessen haben willst, und gibt dir einen Beleg.',
  ],
  ['Cache', 'Zwischenspeicher'],
  [
    'Puts aside what plugins can do without, in RocksDB: encrypted, bounded, and thrown away when you like.',
    'Legt beiseite, was Plugins entbehren können, in RocksDB: verschlüsselt, begrenzt, und weggeworfen, wann du magst.',
  ],
  ['Scheduler', 'Zeitplan'],
  [
    'Calls plugins when the time that they asked for has come, also after a restart.',
    'Ruft Plugins, wenn die Zeit gekommen ist, um die sie gebeten haben, auch nach einem Neustart.',
  ],
  ['Storage', 'Speicher'],
  [
    'Keeps one encrypted database for each plugin, which nobody else reads.',
    'Führt für jedes Plugin eine verschlüsselte Datenbank, die sonst niemand liest.',
  ],
  ['Encrypted folder', 'Verschlüsselter Ordner'],
  [
    'Keeps the files of plugins that cannot encrypt themselves in a folder that is open only while the vault is.',
    'Bewahrt die Dateien von Plugins, die selbst nicht verschlüsseln können, in einem Ordner auf, der nur mit dem Tresor offen ist.',
  ],
  ['Vault', 'Tresor'],
  [
    'Turns your master password into the keys that encrypt everything.',
    'Macht aus deinem Hauptpasswort die Schlüssel, mit denen alles verschlüsselt ist.',
  ],
  ['Crash test', 'Absturztest'],
  [
    'Misbehaves when you tell it to, so that you can watch AICO contain it: /crash loop.',
    'Benimmt sich daneben, wenn du es sagst, damit du zusehen kannst, wie AICO es bändigt: /crash loop.',
  ],
  ['Diary', 'Tagebuch'],
  ['Keeps one line a day: /diary Today I …', 'Bewahrt eine Zeile am Tag auf: /diary Heute habe ich …'],
  ['Dice', 'Würfel'],
  ['Rolls dice in the chat: /roll 2d6+1.', 'Würfelt im Gespräch: /roll 2d6+1.'],
  ['Feeds', 'Feeds'],
  [
    'A daily digest of news feeds, RSS and Atom: /feeds add https://example.org/feed.xml',
    'Täglich eine Übersicht aus Feeds, RSS und Atom: /feeds add https://example.org/feed.xml',
  ],
  ['Habits', 'Gewohnheiten'],
  [
    'Keeps track of habits, with streaks: /habit done Run.',
    'Führt Buch über Gewohnheiten und wie lange sie halten: /habit done Laufen.',
  ],
  ['Mood colours', 'Stimmungsfarben'],
  [
    'The app wears your mood: /mood calm, bright, tender or focused.',
    'Die App trägt deine Stimmung: /mood calm, bright, tender oder focused.',
  ],
  ['Notes', 'Notizen'],
  [
    'Markdown notes that you find again: /note Buy oat milk #shopping.',
    'Notizen in Markdown, die du wiederfindest: /note Hafermilch kaufen #einkauf.',
  ],
  ['Pomodoro', 'Pomodoro'],
  [
    'Work in rounds of 25 minutes with breaks between them: /pomodoro.',
    'Arbeite in Runden von 25 Minuten mit Pausen dazwischen: /pomodoro.',
  ],
  ['Reminders', 'Wecker'],
  [
    'Timers and reminders in the chat: /remind in 20 minutes Tea.',
    'Wecker und Erinnerungen im Gespräch: /remind in 20 minutes Tee.',
  ],
  ['Translator', 'Übersetzer'],
  [
    'Translates with the language model that you chose: /translate to German: Good morning.',
    'Übersetzt mit dem Sprachmodell, das du gewählt hast: /translate to German: Good morning.',
  ],
  ['Units', 'Einheiten'],
  ['Converts units in the chat: /unit 5 km in miles.', 'Rechnet Einheiten im Gespräch um: /unit 5 km in miles.'],
  ['Weather', 'Wetter'],
  ['Tells the weather in the chat: /weather Oslo.', 'Sagt im Gespräch das Wetter: /weather Oslo.'],
]);
