import type { ErrorWords } from './error-words.ts';
import { keptErrorsDe } from './kept-errors-de.ts';
import { pluginErrorsDe } from './plugin-errors-de.ts';
import { storageErrorsDe } from './storage-errors-de.ts';
import { violationErrorsDe } from './violation-errors-de.ts';

const AGAIN = 'Versuche es noch einmal.';

/** German words for the errors that people meet in the app; others are shown as the contracts say them, in English. */
export const errorsDe: ErrorWords = new Map([
  ...keptErrorsDe,
  ...storageErrorsDe,
  ...pluginErrorsDe,
  ...violationErrorsDe,
  [
    'CONSOLE_DAEMON_AWAY',
    { message: 'AICO ist nicht erreichbar.', fix: 'Starte AICO; die Seite verbindet sich von selbst.' },
  ],
  [
    'CONSOLE_VIEW_STOPPED',
    {
      message: 'Die Ansicht „{subject}“ wurde angehalten.',
      fix: 'Öffne sie noch einmal; geschieht es wieder, sag es dem Autor des Plugins.',
    },
  ],
  [
    'KERNEL_VIEW_UNKNOWN',
    {
      message: '{subject} zeigt keine Ansicht „{view}“.',
      fix: 'Schalte das Plugin unter Plugins ein, oder wähle dort eine seiner Ansichten.',
    },
  ],
  ['CONSOLE_ANSWER_UNREADABLE', { message: 'Eine Antwort war nicht lesbar.', fix: 'Lade die Seite neu.' }],
  ['GATEWAY_SESSION_REQUIRED', { message: 'Du bist nicht angemeldet.', fix: 'Schließe mit dem Hauptpasswort auf.' }],
  [
    'KERNEL_NO_SERVER',
    {
      message: 'Gerade antwortet niemand auf „{subject}“.',
      fix: 'Schalte das zuständige Plugin ein, oder warte, bis es läuft.',
    },
  ],
  [
    'KERNEL_SERVER_BUSY',
    { message: '{plugin}, das auf „{subject}“ antwortet, kommt nicht nach.', fix: 'Versuche es gleich noch einmal.' },
  ],
  [
    'KERNEL_SERVER_GONE',
    {
      message: 'Das Plugin, das antworten sollte, hat angehalten.',
      fix: 'Versuche es noch einmal; es startet von selbst neu.',
    },
  ],
  ['KERNEL_REQUEST_TIMEOUT', { message: 'Es kam nicht rechtzeitig eine Antwort.', fix: AGAIN }],
  [
    'KERNEL_PLUGIN_REQUIRED',
    { message: '{subject} lässt sich nicht ausschalten.', fix: 'Ohne dieses Plugin kann AICO nicht laufen.' },
  ],
  [
    'KERNEL_PLUGIN_EXITED',
    {
      message: '{subject} hat sich von selbst beendet.',
      fix: 'Sieh in sein Protokoll; es startet einige Male von selbst neu.',
    },
  ],
  [
    'KERNEL_PLUGIN_QUARANTINED',
    {
      message: '{subject} ist mehrmals kurz hintereinander fehlgeschlagen und wurde beiseitegestellt.',
      fix: 'Sieh in sein Protokoll, dann schalte es wieder ein.',
    },
  ],
  [
    'KERNEL_PLUGIN_START_TIMEOUT',
    { message: '{subject} war nicht rechtzeitig bereit.', fix: 'Gib ihm mehr Zeit, unter „Was es verbrauchen darf“.' },
  ],
  ['KERNEL_PERMISSION_DENIED', { message: '{subject} hat etwas versucht, das ihm nicht erlaubt ist.' }],
  [
    'CHAT_CONVERSATION_UNKNOWN',
    {
      message: 'Dieses Gespräch gibt es nicht.',
      fix: 'Öffne ein anderes Gespräch, oder hole dieses zurück, wenn du es eben gelöscht hast.',
    },
  ],
  [
    'CHAT_TURN_RUNNING',
    { message: 'In diesem Gespräch wird noch eine Antwort geschrieben.', fix: 'Warte auf sie, oder halte sie an.' },
  ],
  [
    'CHAT_INTERRUPTED',
    { message: 'Die Antwort wurde unterbrochen, weil der Begleiter anhielt.', fix: 'Bitte um noch einen Versuch.' },
  ],
  ['CHAT_REPLY_FAILED', { message: 'Die Antwort ist unerwartet fehlgeschlagen.', fix: 'Bitte um noch einen Versuch.' }],
  [
    'CHAT_ATTACHMENT_UNKNOWN',
    { message: 'Die Datei „{subject}“ ist nicht mehr da.', fix: 'Hänge sie noch einmal an.' },
  ],
  [
    'CHAT_MODEL_ABSENT',
    {
      message: 'Das Plugin, das mit Sprachmodellen spricht, läuft nicht.',
      fix: 'Versuche es gleich noch einmal; sieh sonst unter Plugins nach.',
    },
  ],
  [
    'CHAT_COMMAND_ABSENT',
    {
      message: 'Das Plugin {subject}, das diesen Befehl ausführt, beantwortet ihn gerade nicht.',
      fix: 'Versuche es gleich noch einmal. Bleibt es so, sieh unter Plugins nach, ob es eingeschaltet ist, seine Befehle beantworten darf oder beiseitegestellt wurde.',
    },
  ],
  [
    'LLM_UNREACHABLE',
    {
      message: '{subject} antwortet nicht.',
      fix: 'Starte es (Ollama: „ollama serve“), prüfe seine Adresse, oder wähle ein anderes Modell.',
    },
  ],
  [
    'LLM_TIMED_OUT',
    {
      message: '{subject} hat zu lange geschwiegen.',
      fix: 'Versuche es noch einmal: Ein großes Modell lud vielleicht noch.',
    },
  ],
  [
    'LLM_MODEL_MISSING',
    {
      message: '{subject} hat dieses Modell nicht.',
      fix: 'Wähle ein anderes Modell, oder hole dieses (Ollama: „ollama pull“).',
    },
  ],
  [
    'LLM_CUT_OFF',
    { message: '{subject} brach mitten in der Antwort ab.', fix: 'Was gesagt wurde, bleibt. Versuche es noch einmal.' },
  ],
  [
    'LLM_RATE_LIMITED',
    {
      message: '{subject} nimmt gerade keine weiteren Anfragen an.',
      fix: 'Versuche es später noch einmal, oder wähle ein anderes Modell.',
    },
  ],
  [
    'LLM_UNAUTHORIZED',
    { message: '{subject} hat den API-Schlüssel abgelehnt.', fix: 'Gib den Schlüssel noch einmal ein.' },
  ],
  ['LLM_PROVIDER_FAILED', { message: '{subject} ist fehlgeschlagen.', fix: AGAIN }],
  [
    'LLM_URL_REFUSED',
    {
      message: 'Diese Adresse geht nicht.',
      fix: 'Eine Adresse sieht so aus: http://127.0.0.1:11434. Ein Schlüssel gehört in sein eigenes Feld.',
    },
  ],
  [
    'NET_HOST_DENIED',
    {
      message: '{subject} darf {host} nicht ansprechen.',
      fix: 'Wenn du das willst, nimmt sein Autor den Rechner in plugin.json auf, und du erlaubst die neue Fassung.',
    },
  ],
  [
    'NET_ADDRESS_DENIED',
    {
      message: '{subject} darf {host} nicht ansprechen: Die Adresse {address} liegt nicht im öffentlichen Internet.',
      fix: 'Ist es ein Gerät von dir, so nimmt der Autor das in plugin.json auf, und du erlaubst die neue Fassung.',
    },
  ],
  ['NET_NAME_UNKNOWN', { message: '{host} wurde nicht gefunden.', fix: 'Prüfe den Namen, und ob du online bist.' }],
  ['NET_UNREACHABLE', { message: '{host} antwortet nicht.', fix: 'Prüfe, ob du online bist, und versuche es später.' }],
  [
    'NET_CERTIFICATE_REFUSED',
    {
      message: '{host} konnte nicht beweisen, dass er {host} ist.',
      fix: 'Prüfe das Datum dieses Rechners, und ob jemand dazwischensteht, etwa die Anmeldeseite eines Cafés.',
    },
  ],
  ['NET_TIMED_OUT', { message: '{host} brauchte länger als {seconds} Sekunden.', fix: AGAIN }],
  ['NET_CUT_OFF', { message: '{host} brach mitten in der Antwort ab.', fix: AGAIN }],
  [
    'NET_UNRECORDED',
    {
      message: 'Die Verbindung von {subject} zu {host} konnte nicht aufgeschrieben werden und entstand deshalb nicht.',
      fix: 'Sieh nach, ob die Festplatte voll ist.',
    },
  ],
  [
    'KERNEL_PLUGIN_MEMORY',
    {
      message: '{subject} brauchte {used} MB Arbeitsspeicher; {limit} MB darf es.',
      fix: 'Gib ihm mehr, unter „Was es verbrauchen darf“.',
    },
  ],
  [
    'KERNEL_PLUGIN_CPU',
    {
      message: '{subject} beanspruchte {seconds} s lang {used} % eines Prozessorkerns; {limit} % darf es.',
      fix: 'Gib ihm mehr Rechenzeit, unter „Was es verbrauchen darf“.',
    },
  ],
  [
    'KERNEL_MEMORY_NEAR',
    {
      message: '{subject} braucht {used} MB von {limit} MB Arbeitsspeicher, die es darf.',
      fix: 'Gib ihm mehr, unter Plugins.',
    },
  ],
  [
    'KERNEL_CPU_THROTTLED',
    {
      message: '{subject} rechnet mehr, als es darf, und wird auf {limit} ms je Sekunde gebremst.',
      fix: 'Gib ihm mehr Rechenzeit, unter Plugins.',
    },
  ],
  [
    'KERNEL_MESSAGES_THROTTLED',
    {
      message: '{subject} sendet mehr, als es darf ({limit} Nachrichten je Sekunde), und wird gebremst.',
      fix: 'Erlaube ihm mehr, unter Plugins.',
    },
  ],
  [
    'KERNEL_BYTES_THROTTLED',
    {
      message: '{subject} sendet mehr, als es darf ({limit} Bytes je Sekunde), und wird gebremst.',
      fix: 'Erlaube ihm mehr, unter Plugins.',
    },
  ],
  [
    'KERNEL_LOGS_THROTTLED',
    {
      message:
        '{subject} schreibt mehr ins Protokoll, als es darf ({limit} Zeilen je Minute); was darüber ist, fällt weg und wird gezählt.',
      fix: 'Erlaube ihm mehr, unter Plugins.',
    },
  ],
  [
    'KERNEL_STORAGE_REACHED',
    {
      message: '{subject} hat alles gespeichert, was es darf ({limit} MB); was darüber ist, wird abgelehnt.',
      fix: 'Lösche etwas darin, oder gib ihm mehr Platz, unter Plugins.',
    },
  ],
  [
    'KERNEL_MESSAGE_SIZE_REACHED',
    {
      message: '{subject} wollte {used} Bytes in einer Nachricht senden, darf {limit}, und wurde abgewiesen.',
      fix: 'Erlaube ihm größere Nachrichten, unter Plugins.',
    },
  ],
  [
    'KERNEL_QUEUE_REACHED',
    {
      message:
        '{subject} kommt nicht nach: Mehr als {limit} Nachrichten warten auf es, die ältesten gehen ihm verloren.',
      fix: 'Lass mehr auf es warten, unter Plugins.',
    },
  ],
  [
    'KERNEL_QUEUE_BYTES_REACHED',
    {
      message:
        '{subject} kommt nicht nach: Mehr als {limit} Bytes warten auf es; was darüber ist, geht verloren oder wird abgelehnt.',
      fix: 'Lass mehr auf es warten, unter Plugins.',
    },
  ],
  [
    'KERNEL_SUBSCRIPTIONS_REACHED',
    {
      message: '{subject} hört schon auf so viele Themen, wie es darf ({limit}); weitere werden abgelehnt.',
      fix: 'Erlaube ihm mehr, unter Plugins.',
    },
  ],
  [
    'KERNEL_LIMIT_TOO_LOW',
    {
      message: '{subject} braucht mindestens {least}; {value} ist zu wenig.',
      fix: 'Lass es, wie es ist, oder gib ihm mehr.',
    },
  ],
  [
    'KERNEL_PERMISSION_NEEDED',
    {
      message: '{subject} braucht eine Erlaubnis, die du abgelehnt hast ({topic}).',
      fix: 'Erlaube sie unter Plugins, oder schalte es aus.',
    },
  ],
  [
    'GATEWAY_RATE_EXCEEDED',
    {
      message: 'Das waren zu viele Anfragen auf einmal.',
      fix: 'Warte einen Augenblick, dann versuche es noch einmal.',
    },
  ],
  [
    'GATEWAY_SOCKET_LIMIT',
    { message: 'Es ist zu viel zugleich offen: {subject} (höchstens {limit}).', fix: 'Schließe andere Tabs mit AICO.' },
  ],
  [
    'GATEWAY_BODY_TOO_LARGE',
    {
      message: 'Das ist zu viel auf einmal: Höchstens {limit} Bytes werden gelesen.',
      fix: 'Sende weniger, oder in Teilen.',
    },
  ],
  ['GATEWAY_STOPPING', { message: 'AICO hält gerade an.', fix: 'Starte es wieder.' }],
  [
    'GATEWAY_FAILED',
    {
      message: 'Etwas ging unerwartet schief ({subject}).',
      fix: 'Versuche es noch einmal; der Grund steht im Protokoll des Plugins gateway.',
    },
  ],
  [
    'GATEWAY_ORIGIN_REFUSED',
    {
      message: 'Eine Anfrage von „{subject}“ wird nicht beantwortet.',
      fix: 'Öffne AICO unter der Adresse, die es beim Start genannt hat.',
    },
  ],
  [
    'GATEWAY_CSRF_REFUSED',
    { message: 'Diese Seite gehört nicht mehr zu deiner Anmeldung.', fix: 'Lade die Seite neu.' },
  ],
  [
    'LLM_PROVIDER_UNKNOWN',
    { message: 'Einen Server „{subject}“ gibt es nicht mehr.', fix: 'Wähle einen, der dasteht, oder füge ihn hinzu.' },
  ],
  ['LLM_PROVIDER_BUILT_IN', { message: '„{subject}“ ist eingebaut.', fix: 'Gib dem Server einen anderen Namen.' }],
  [
    'LLM_PROVIDER_LIMIT',
    { message: '„{subject}“ wäre ein Server zu viel ({limit}).', fix: 'Entferne einen, den du nicht benutzt.' },
  ],
  [
    'LLM_KEY_REFUSED',
    {
      message: 'Das kann kein API-Schlüssel für „{subject}“ sein.',
      fix: 'Kopiere ihn noch einmal, vom ersten bis zum letzten Zeichen.',
    },
  ],
  [
    'NET_METHOD_DENIED',
    {
      message: '{subject} darf {host} kein {method} senden.',
      fix: 'Wenn du das willst, nimmt sein Autor es in plugin.json auf, und du erlaubst die neue Fassung.',
    },
  ],
  [
    'NET_PORT_DENIED',
    {
      message: '{subject} darf den Port {port} von {host} nicht benutzen.',
      fix: 'Wenn du das willst, nimmt sein Autor ihn in plugin.json auf, und du erlaubst die neue Fassung.',
    },
  ],
  [
    'NET_HTTP_DENIED',
    {
      message: '{subject} darf {host} nicht unverschlüsselt ansprechen.',
      fix: 'Nimm eine Adresse mit https; gibt es keine, nimmt sein Autor das in plugin.json auf, und du erlaubst die neue Fassung.',
    },
  ],
  [
    'NET_URL_REFUSED',
    {
      message: '{subject} fragte nach einer Adresse, die nicht geht: {problem}.',
      fix: 'Prüfe die Adresse; ein Schlüssel gehört in sein eigenes Feld.',
    },
  ],
  [
    'NET_REDIRECT_REFUSED',
    {
      message: '{host} hat {subject} weitergeschickt, was nicht geht: {problem}.',
      fix: 'Nimm gleich die Adresse, zu der es weitergeht.',
    },
  ],
  [
    'NET_RESPONSE_TOO_LARGE',
    {
      message: '{host} hat {subject} mehr geschickt, als es liest ({limit} Bytes).',
      fix: 'Frage nach weniger auf einmal.',
    },
  ],
  [
    'NET_RESPONSE_INVALID',
    {
      message: '{host} hat etwas geschickt, das sich nicht lesen lässt: {problem}.',
      fix: 'Versuche es noch einmal; bleibt es so, liegt es am anderen Rechner.',
    },
  ],
  ['NET_BUSY', { message: '{subject} hat zu viele Anfragen zugleich offen.', fix: 'Versuche es gleich noch einmal.' }],
  [
    'NET_NO_ROOM',
    {
      message: 'Für die große Antwort von {host} an {subject} war kein Platz.',
      fix: 'Versuche es noch einmal, wenn weniger zugleich unterwegs ist.',
    },
  ],
]);
