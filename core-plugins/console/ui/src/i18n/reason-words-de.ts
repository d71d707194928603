/** What for AICO's samples and its own plugins ask, as consents tell it, by the words in their manifests. */
export const reasonWordsDe: ReadonlyMap<string, string> = new Map([
  [
    'To answer questions about your conversations, and to let go of what you deleted.',
    'Um Fragen nach deinen Gesprächen zu beantworten und loszulassen, was du gelöscht hast.',
  ],
  [
    'To answer questions about your conversations, when you ask some.',
    'Um Fragen nach deinen Gesprächen zu beantworten, wenn du welche stellst.',
  ],
  [
    'To sign its checkpoints with a key of its own.',
    'Um seine Prüfpunkte mit einem eigenen Schlüssel zu unterschreiben.',
  ],
  ['To encrypt backups with a key of their own.', 'Um Sicherungen mit einem eigenen Schlüssel zu verschlüsseln.'],
  ['To take into account what you said before.', 'Um zu berücksichtigen, was du früher gesagt hast.'],
  ['To have every plugin hand out what it keeps.', 'Damit jedes Plugin herausgibt, was es aufbewahrt.'],
  ['To have every plugin take back what is new to it.', 'Damit jedes Plugin zurücknimmt, was ihm neu ist.'],
  ['To answer your questions in SQL.', 'Um deine Fragen in SQL zu beantworten.'],
  ['To show new messages as they come.', 'Um neue Nachrichten zu zeigen, sobald sie kommen.'],
  ['To show you the messages of a conversation.', 'Um dir die Nachrichten eines Gesprächs zu zeigen.'],
  [
    'To show you what passes the bus while you look at it.',
    'Um dir zu zeigen, was über den Bus geht, solange du hinsiehst.',
  ],
  ['To show you what AICO remembers.', 'Um dir zu zeigen, woran AICO sich erinnert.'],
  [
    'To let you take the list of outbound connections with you.',
    'Damit du die Liste der ausgehenden Verbindungen mitnehmen kannst.',
  ],
  ['To show you every outbound connection.', 'Um dir jede ausgehende Verbindung zu zeigen.'],
  [
    'To show you what would go when you want something forgotten.',
    'Um dir zu zeigen, was ginge, wenn etwas vergessen werden soll.',
  ],
  ['To export what you choose in the app.', 'Um auszugeben, was du in der App auswählst.'],
  ['To show you what is too old before it goes.', 'Um dir zu zeigen, was zu alt ist, bevor es geht.'],
  [
    'Needs a key of its own to encrypt what it keeps.',
    'Braucht einen eigenen Schlüssel, um zu verschlüsseln, was es aufbewahrt.',
  ],
  ['Remembers what you say in the chat.', 'Merkt sich, was du im Gespräch sagst.'],
  ['Reads what you said while it was not running.', 'Liest, was du gesagt hast, während es nicht lief.'],
  ['To ask every plugin what it keeps of it.', 'Um jedes Plugin zu fragen, was es davon aufbewahrt.'],
  [
    'Needs a key of its own: RocksDB does not encrypt, so everything is encrypted before it goes in.',
    'Braucht einen eigenen Schlüssel: RocksDB verschlüsselt nicht, also wird alles verschlüsselt, bevor es hineingeht.',
  ],
  [
    "Needs the key of each plugin's database to open it.",
    'Braucht den Schlüssel der Datenbank jedes Plugins, um sie zu öffnen.',
  ],
  ['Needs the key of the folder to open it.', 'Braucht den Schlüssel des Ordners, um ihn zu öffnen.'],
  ['To answer when you type /crash in the chat.', 'Um zu antworten, wenn du im Gespräch /crash schreibst.'],
  ['To answer when you type /diary in the chat.', 'Um zu antworten, wenn du im Gespräch /diary schreibst.'],
  [
    'To tell you which lines are of what you want forgotten.',
    'Um dir zu sagen, welche Zeilen zu dem gehören, was vergessen werden soll.',
  ],
  ['To remove the lines that you want forgotten.', 'Um die Zeilen zu entfernen, die vergessen werden sollen.'],
  [
    'To hand out the lines of your diary when you export.',
    'Um die Zeilen deines Tagebuchs herauszugeben, wenn du deine Daten ausgibst.',
  ],
  [
    'To take the lines of your diary back when you import.',
    'Um die Zeilen deines Tagebuchs zurückzunehmen, wenn du sie wieder einliest.',
  ],
  ['To keep the lines of your diary, encrypted.', 'Um die Zeilen deines Tagebuchs verschlüsselt aufzubewahren.'],
  ['To set up the database of your diary.', 'Um die Datenbank deines Tagebuchs einzurichten.'],
  ['To roll when you type /roll in the chat.', 'Um zu würfeln, wenn du im Gespräch /roll schreibst.'],
  ['To roll for the companion while it answers you.', 'Um für den Gefährten zu würfeln, während er dir antwortet.'],
  ['To answer when you type /feeds in the chat.', 'Um zu antworten, wenn du im Gespräch /feeds schreibst.'],
  ['To be called when it is time for the digest.', 'Um gerufen zu werden, wenn es Zeit für die Übersicht ist.'],
  [
    'To tell you which feeds are of what you want forgotten.',
    'Um dir zu sagen, welche Feeds zu dem gehören, was vergessen werden soll.',
  ],
  [
    'To remove the feeds and digests that you want forgotten.',
    'Um die Feeds und Übersichten zu entfernen, die vergessen werden sollen.',
  ],
  [
    'To hand out the list of your feeds when you export.',
    'Um die Liste deiner Feeds herauszugeben, wenn du deine Daten ausgibst.',
  ],
  [
    'To take the list of your feeds back when you import.',
    'Um die Liste deiner Feeds zurückzunehmen, wenn du sie wieder einliest.',
  ],
  [
    'To read your feeds, from the hosts that you name in its settings and no others.',
    'Um deine Feeds zu lesen, von den Rechnern, die du in seinen Einstellungen nennst, und von keinen anderen.',
  ],
  [
    'To make the digest every day, at the time that you say.',
    'Um die Übersicht jeden Tag zu der Zeit zu machen, die du sagst.',
  ],
  [
    'To stop the digest when you do not want it any more.',
    'Um mit der Übersicht aufzuhören, wenn du sie nicht mehr willst.',
  ],
  ['To tell you when the next digest comes.', 'Um dir zu sagen, wann die nächste Übersicht kommt.'],
  [
    'To write the digest into the talk in which you asked for it.',
    'Um die Übersicht in das Gespräch zu schreiben, in dem du darum gebeten hast.',
  ],
  [
    'To keep your feeds and what you have seen of them, encrypted.',
    'Um deine Feeds, und was du davon gesehen hast, verschlüsselt aufzubewahren.',
  ],
  ['To set up the database of your feeds.', 'Um die Datenbank deiner Feeds einzurichten.'],
  ['To answer when you type /habit in the chat.', 'Um zu antworten, wenn du im Gespräch /habit schreibst.'],
  [
    'To show your habits as a chart, and to mark a day there.',
    'Um deine Gewohnheiten als Bild zu zeigen und dort einen Tag abzuhaken.',
  ],
  [
    'To tell you which habits and days are of what you want forgotten.',
    'Um dir zu sagen, welche Gewohnheiten und Tage zu dem gehören, was vergessen werden soll.',
  ],
  [
    'To remove the habits and days that you want forgotten.',
    'Um die Gewohnheiten und Tage zu entfernen, die vergessen werden sollen.',
  ],
  [
    'To hand out your habits and their days when you export.',
    'Um deine Gewohnheiten und ihre Tage herauszugeben, wenn du deine Daten ausgibst.',
  ],
  [
    'To take your habits and their days back when you import.',
    'Um deine Gewohnheiten und ihre Tage zurückzunehmen, wenn du sie wieder einliest.',
  ],
  [
    'To keep what you did on which day, encrypted.',
    'Um verschlüsselt aufzubewahren, was du an welchem Tag getan hast.',
  ],
  ['To set up the database of your habits.', 'Um die Datenbank deiner Gewohnheiten einzurichten.'],
  ['To answer when you type /mood in the chat.', 'Um zu antworten, wenn du im Gespräch /mood schreibst.'],
  [
    'To let you choose your mood in a view of its own.',
    'Damit du deine Stimmung in einer eigenen Ansicht wählen kannst.',
  ],
  [
    'To tell you whether your mood is of what you want forgotten.',
    'Um dir zu sagen, ob deine Stimmung zu dem gehört, was vergessen werden soll.',
  ],
  ['To forget the mood that you told.', 'Um die Stimmung zu vergessen, die du genannt hast.'],
  [
    'To hand out the mood that you told when you export.',
    'Um die Stimmung herauszugeben, die du genannt hast, wenn du deine Daten ausgibst.',
  ],
  ['To take your mood back when you import.', 'Um deine Stimmung zurückzunehmen, wenn du sie wieder einliest.'],
  ['To change the colours when you tell your mood.', 'Um die Farben zu ändern, wenn du deine Stimmung nennst.'],
  ['To wear the same colours after a restart.', 'Um nach einem Neustart dieselben Farben zu tragen.'],
  [
    'To keep the mood that you told last, encrypted.',
    'Um die Stimmung, die du zuletzt genannt hast, verschlüsselt aufzubewahren.',
  ],
  ['To answer when you type /note in the chat.', 'Um zu antworten, wenn du im Gespräch /note schreibst.'],
  [
    'To tell you which notes are of what you want forgotten.',
    'Um dir zu sagen, welche Notizen zu dem gehören, was vergessen werden soll.',
  ],
  ['To remove the notes that you want forgotten.', 'Um die Notizen zu entfernen, die vergessen werden sollen.'],
  ['To hand out your notes when you export.', 'Um deine Notizen herauszugeben, wenn du deine Daten ausgibst.'],
  ['To take your notes back when you import.', 'Um deine Notizen zurückzunehmen, wenn du sie wieder einliest.'],
  [
    'To keep your notes, encrypted, and to search them.',
    'Um deine Notizen verschlüsselt aufzubewahren und zu durchsuchen.',
  ],
  ['To set up the database of your notes.', 'Um die Datenbank deiner Notizen einzurichten.'],
  ['To answer when you type /pomodoro in the chat.', 'Um zu antworten, wenn du im Gespräch /pomodoro schreibst.'],
  [
    'To be called when a round or a break is over.',
    'Um gerufen zu werden, wenn eine Runde oder eine Pause vorbei ist.',
  ],
  [
    'To tell you which rounds are of what you want forgotten.',
    'Um dir zu sagen, welche Runden zu dem gehören, was vergessen werden soll.',
  ],
  ['To remove the rounds that you want forgotten.', 'Um die Runden zu entfernen, die vergessen werden sollen.'],
  [
    'To hand out how many rounds you did when you export.',
    'Um herauszugeben, wie viele Runden du gemacht hast, wenn du deine Daten ausgibst.',
  ],
  [
    'To take back how many rounds you did when you import.',
    'Um zurückzunehmen, wie viele Runden du gemacht hast, wenn du es wieder einliest.',
  ],
  ['To end a round or a break in time.', 'Um eine Runde oder eine Pause rechtzeitig zu beenden.'],
  ['To stop when you stop.', 'Um aufzuhören, wenn du aufhörst.'],
  ['To tell you how long it still takes.', 'Um dir zu sagen, wie lange es noch dauert.'],
  [
    'To tell you in the talk that a round or a break is over.',
    'Um dir im Gespräch zu sagen, dass eine Runde oder eine Pause vorbei ist.',
  ],
  ['To know how many rounds you did today.', 'Um zu wissen, wie viele Runden du heute gemacht hast.'],
  ['To count the rounds that you did.', 'Um die Runden zu zählen, die du gemacht hast.'],
  ['To list the days on which you did rounds.', 'Um die Tage aufzuzählen, an denen du Runden gemacht hast.'],
  ['To forget the rounds of a day.', 'Um die Runden eines Tages zu vergessen.'],
  ['To answer when you type /remind in the chat.', 'Um zu antworten, wenn du im Gespräch /remind schreibst.'],
  ['To be called when it is time to remind you.', 'Um gerufen zu werden, wenn es Zeit ist, dich zu erinnern.'],
  [
    'To tell you which reminders are of what you want forgotten.',
    'Um dir zu sagen, welche Termine zu dem gehören, was vergessen werden soll.',
  ],
  ['To drop the reminders that you want forgotten.', 'Um die Termine zu entfernen, die vergessen werden sollen.'],
  ['To hand out your reminders when you export.', 'Um deine Termine herauszugeben, wenn du deine Daten ausgibst.'],
  ['To take your reminders back when you import.', 'Um deine Termine zurückzunehmen, wenn du sie wieder einliest.'],
  [
    'To remind you later, also after AICO was off.',
    'Um dich später zu erinnern, auch wenn AICO zwischendurch aus war.',
  ],
  ['To drop a reminder that you do not want any more.', 'Um einen Termin zu entfernen, den du nicht mehr willst.'],
  ['To show you what is coming.', 'Um dir zu zeigen, was ansteht.'],
  [
    'To write the reminder into the talk in which you asked for it.',
    'Um die Erinnerung in das Gespräch zu schreiben, in dem du darum gebeten hast.',
  ],
  ['To answer when you type /translate in the chat.', 'Um zu antworten, wenn du im Gespräch /translate schreibst.'],
  [
    'To have the language model translate what you type after /translate.',
    'Damit das Sprachmodell übersetzt, was du hinter /translate schreibst.',
  ],
  ['To tell you when no language model is connected.', 'Um dir zu sagen, wenn kein Sprachmodell verbunden ist.'],
  ['To answer when you type /unit in the chat.', 'Um zu antworten, wenn du im Gespräch /unit schreibst.'],
  ['To convert for the companion while it answers you.', 'Um für den Gefährten umzurechnen, während er dir antwortet.'],
  ['To answer when you type /weather in the chat.', 'Um zu antworten, wenn du im Gespräch /weather schreibst.'],
  [
    'To find the place that you type, and its forecast. Open-Meteo sees that place and your address.',
    'Um den Ort zu finden, den du schreibst, und seine Vorhersage. Open-Meteo sieht diesen Ort und deine Adresse.',
  ],
]);
