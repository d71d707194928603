import type { ErrorWords } from './error-words.ts';

/** German words for errors about plugins: their packages, how they start and run, and their settings. */
export const pluginErrorsDe: ErrorWords = new Map([
  [
    'KERNEL_PLUGIN_UNKNOWN',
    { message: 'Ein Plugin „{subject}“ gibt es hier nicht.', fix: 'Sieh unter Plugins nach, welche es gibt.' },
  ],
  [
    'KERNEL_PLUGIN_ACTIVATE_FAILED',
    {
      message: '{subject} konnte nicht starten: {problem}.',
      fix: 'Sieh in sein Protokoll, dann schalte es wieder ein.',
    },
  ],
  [
    'KERNEL_PLUGIN_UNYIELDING',
    {
      message: '{subject} rechnete {seconds} s ohne Pause und wurde angehalten.',
      fix: 'Verlange weniger auf einmal; geschieht es noch einmal, sag es seinem Autor.',
    },
  ],
  [
    'KERNEL_PLUGIN_UNRESPONSIVE',
    {
      message: '{subject} antwortete nicht mehr und wurde angehalten.',
      fix: 'Schalte es wieder ein; geschieht es noch einmal, sag es seinem Autor.',
    },
  ],
  [
    'KERNEL_PLUGIN_UPDATE_FAILED',
    {
      message: 'Die Fassung {version} von {subject} startete nicht; {before} läuft weiter. Der Grund: {problem}',
      fix: 'Sieh in sein Protokoll, und installiere eine Fassung, die startet.',
    },
  ],
  [
    'KERNEL_HAND_OVER_FAILED',
    {
      message: '{subject} konnte nicht an seine neuere Fassung übergeben: {problem}.',
      fix: 'Sieh in sein Protokoll; ist es beim Installieren ausgeschaltet, braucht es keine Übergabe.',
    },
  ],
  [
    'KERNEL_SUSPEND_FAILED',
    {
      message: '{subject} ließ sich nicht schlafen legen: {problem}.',
      fix: 'Es läuft weiter; du brauchst nichts zu tun.',
    },
  ],
  [
    'KERNEL_UPDATE_UNKNOWN',
    { message: 'Von {subject} wartet keine neuere Fassung auf deine Antwort.', fix: 'Lade die Seite neu.' },
  ],
  [
    'KERNEL_OFFER_UNKNOWN',
    { message: 'Die Galerie hat kein Plugin „{subject}“.', fix: 'Lade die Seite neu, um zu sehen, was es gibt.' },
  ],
  [
    'KERNEL_DEPENDENCY_MISSING',
    {
      message: '{subject} braucht „{dependency}“ ({range}), das in keiner passenden Fassung da ist.',
      fix: 'Installiere oder aktualisiere „{dependency}“.',
    },
  ],
  [
    'KERNEL_DEPENDENCY_CYCLE',
    {
      message: 'Diese Plugins brauchen einander im Kreis: {subject}.',
      fix: 'Schalte eines davon aus, und sag es seinem Autor.',
    },
  ],
  [
    'KERNEL_ENGINE_MISMATCH',
    { message: '{subject} ist für AICO {range}; dies ist {version}.', fix: 'Aktualisiere AICO oder das Plugin.' },
  ],
  [
    'KERNEL_CONTRACT_MISMATCH',
    { message: '{subject} spricht {area} {range}, dieses AICO {version}.', fix: 'Aktualisiere AICO oder das Plugin.' },
  ],
  [
    'KERNEL_PERMISSION_ASKED',
    { message: '{subject} fragt, ob es das darf: {words}.', fix: 'Antworte hier oder unter Plugins.' },
  ],
  ['KERNEL_PERMISSION_UNKNOWN', { message: '{subject} bittet nicht um „{topic}“.', fix: 'Lade die Seite neu.' }],
  [
    'KERNEL_REPLY_INVALID',
    {
      message: '{subject} hat auf „{topic}“ etwas geantwortet, das nicht passt.',
      fix: 'Aktualisiere {subject}, oder sag es seinem Autor.',
    },
  ],
  [
    'KERNEL_PAYLOAD_TOO_LARGE',
    {
      message: '{subject} wollte {bytes} Bytes in einer Nachricht senden; {limit} darf es.',
      fix: 'Erlaube ihm größere Nachrichten, unter Plugins.',
    },
  ],
  [
    'KERNEL_RATE_EXCEEDED',
    {
      message: '{subject} sendet schneller, als es darf ({limit}).',
      fix: 'Warte einen Augenblick, oder erlaube ihm mehr, unter Plugins.',
    },
  ],
  [
    'KERNEL_REQUEST_LIMIT',
    { message: '{subject} hat zu viele Fragen zugleich offen ({limit}).', fix: 'Versuche es gleich noch einmal.' },
  ],
  [
    'KERNEL_SUBSCRIPTION_LIMIT',
    {
      message: '{subject} hört schon auf so viele Themen, wie es darf ({limit}).',
      fix: 'Erlaube ihm mehr, unter Plugins.',
    },
  ],
  ['KERNEL_STOPPING', { message: 'AICO hält gerade an.', fix: 'Starte es wieder.' }],
  [
    'KERNEL_THEME_UNKNOWN',
    { message: '{subject} hat kein Farbschema „{theme}“.', fix: 'Wähle eines von diesen: {known}.' },
  ],
  [
    'KERNEL_THEME_TOO_OFTEN',
    { message: '{subject} hat die Farben eben erst gewechselt.', fix: 'Versuche es gleich noch einmal.' },
  ],
  [
    'SDK_HANDLER_FAILED',
    {
      message: '{subject} ist beim Antworten fehlgeschlagen.',
      fix: 'Versuche es noch einmal; der Grund steht in seinem Protokoll.',
    },
  ],
  [
    'SANDBOX_SPAWN_FAILED',
    {
      message: '{subject} ließ sich nicht starten: {problem}.',
      fix: 'Sieh nach, ob noch Arbeitsspeicher frei ist; mehr steht im Protokoll.',
    },
  ],
  [
    'SANDBOX_CODE_INVALID',
    {
      message: 'Der Code von {subject} lässt sich nicht laden: {problem}.',
      fix: 'Installiere das Plugin noch einmal, oder sag es seinem Autor.',
    },
  ],
  [
    'SANDBOX_IMPORT_DENIED',
    { message: '{subject} will „{specifier}“ laden, was es nicht darf.', fix: 'Sag es seinem Autor.' },
  ],
  [
    'SANDBOX_PACKAGE_MISSING',
    {
      message: '{subject} braucht das Paket {package}, das nicht installiert ist.',
      fix: 'Installiere AICO noch einmal.',
    },
  ],
  [
    'CONFIG_VALUE_INVALID',
    { message: 'Dieser Wert passt nicht zur Einstellung „{subject}“: {problem}.', fix: 'Ändere den Wert.' },
  ],
  ['CONFIG_KEY_UNKNOWN', { message: 'Eine Einstellung „{subject}“ gibt es nicht.', fix: 'Lade die Seite neu.' }],
  [
    'CONFIG_SECRET_LOCKED',
    {
      message:
        'Die Einstellung „{subject}“ ist geheim und lässt sich nicht aufbewahren, solange der Tresor abgeschlossen ist.',
      fix: 'Schließe ihn auf, dann stelle sie noch einmal ein.',
    },
  ],
  [
    'CONFIG_SCHEMA_INVALID',
    { message: '{subject} beschreibt seine Einstellungen falsch: {problem}.', fix: 'Sag es dem Autor des Plugins.' },
  ],
  [
    'CONSOLE_VIEW_ASK_REFUSED',
    {
      message: 'Die Ansicht fragt ihr Plugin auf eine Weise, die nicht durchgelassen wird: {problem}.',
      fix: 'Sag es dem Autor des Plugins.',
    },
  ],
  [
    'SCHEDULE_INVALID',
    { message: 'Den Zeitplan {subject} kann AICO nicht einhalten: {problem}.', fix: 'Ändere seine Zeiten.' },
  ],
  [
    'SCHEDULE_TOO_MANY',
    { message: '{subject} hat schon {limit} Zeitpläne.', fix: 'Lösche einige, die du nicht mehr brauchst.' },
  ],
  [
    'REGISTRY_PACKAGE_UNREADABLE',
    { message: 'Das Paket {subject} lässt sich nicht lesen: {problem}.', fix: 'Installiere das Plugin noch einmal.' },
  ],
  [
    'REGISTRY_PACKAGE_MALFORMED',
    { message: '{subject} ist kein Paket eines Plugins: {problem}.', fix: 'Lade es noch einmal herunter.' },
  ],
  ['REGISTRY_TOO_LARGE', { message: 'Das Paket {subject} ist zu groß: {problem}.', fix: 'Sag es seinem Autor.' }],
  [
    'REGISTRY_ENTRY_UNSAFE',
    {
      message: 'Das Paket {subject} enthält „{file}“ ({problem}).',
      fix: 'Installiere es so nicht; sag es seinem Autor.',
    },
  ],
  [
    'REGISTRY_UNSIGNED',
    { message: 'Das Paket {subject} ist nicht unterschrieben: {file} fehlt.', fix: 'Hole es dir von seinem Autor.' },
  ],
  [
    'REGISTRY_SIGNATURE_INVALID',
    {
      message: 'Die Unterschrift von {subject} in {file} stimmt nicht: {problem}.',
      fix: 'Hole dir das Paket noch einmal von seinem Autor; es wurde beschädigt oder verändert.',
    },
  ],
  [
    'REGISTRY_SIGNER_UNKNOWN',
    {
      message: 'Dem Schlüssel {keyId}, mit dem {subject} unterschrieben ist, vertraut hier niemand.',
      fix: 'Weißt du, wessen Schlüssel es ist, so installiere das Plugin in einem Terminal: Dort wirst du gefragt.',
    },
  ],
  [
    'REGISTRY_SIGNER_REVOKED',
    {
      message: 'Der Schlüssel {keyId} von {signer}, mit dem {subject} unterschrieben ist, gilt nicht mehr.',
      fix: 'Hole dir eine Fassung mit dem neuen Schlüssel des Autors.',
    },
  ],
  [
    'REGISTRY_SIGNER_CHANGED',
    {
      message:
        '{subject} ist mit einem Schlüssel von {signer} unterschrieben, das installierte mit einem anderen, von {before}.',
      fix: 'Vertraust du dem neuen Autor das an, was das Plugin aufbewahrt, so entferne zuerst das alte.',
    },
  ],
  [
    'REGISTRY_TIER_NOT_ALLOWED',
    {
      message: '{subject} möchte mehr dürfen („{tier}“), als hier jemand dem Schlüssel von {signer} zutraut.',
      fix: 'Bitte den Autor um eine Fassung, die abgeschirmt läuft.',
    },
  ],
  [
    'REGISTRY_FILE_ALTERED',
    {
      message: 'Die Datei {file} von {subject} ist nicht die, die unterschrieben wurde.',
      fix: 'Hole dir das Paket noch einmal von seinem Autor; es wurde beschädigt oder verändert.',
    },
  ],
  [
    'REGISTRY_FILE_MISSING',
    {
      message: 'In {subject} fehlt die Datei {file}.',
      fix: 'Hole dir das Paket noch einmal von seinem Autor; es wurde beschädigt oder verändert.',
    },
  ],
  [
    'REGISTRY_FILE_UNLISTED',
    {
      message: 'Die Datei {file} von {subject} hat niemand unterschrieben.',
      fix: 'Hole dir das Paket noch einmal von seinem Autor; es wurde verändert.',
    },
  ],
  [
    'REGISTRY_MANIFEST_INVALID',
    {
      message: 'Die Datei plugin.json von {subject} ist nicht gültig: {problem}.',
      fix: 'Sag es dem Autor des Plugins.',
    },
  ],
  [
    'REGISTRY_THEME_CONTRAST',
    {
      message:
        'Das Farbschema „{theme}“ von {subject} ist schlecht zu lesen: {token} auf {ground} hat einen Kontrast von {ratio}:1, weniger als {least}:1.',
      fix: 'Sag es dem Autor des Plugins.',
    },
  ],
  [
    'REGISTRY_DOWNGRADE',
    {
      message: '{subject} {version} ist älter als {highest}, das hier schon installiert war.',
      fix: 'Installiere eine neuere Fassung, oder entferne das Plugin zuerst.',
    },
  ],
  [
    'REGISTRY_PACKAGE_MISPLACED',
    {
      message: 'Die Datei {subject} enthält {id} {version}, anders als ihr Name sagt.',
      fix: 'Installiere das Plugin noch einmal.',
    },
  ],
  [
    'REGISTRY_PACKAGE_SWAPPED',
    {
      message: 'Das Paket {subject} ist nicht das, das veröffentlicht wurde: {problem}.',
      fix: 'Installiere es nicht.',
    },
  ],
  ['REGISTRY_PLUGIN_UNKNOWN', { message: '{subject} ist nicht installiert.', fix: 'Lade die Seite neu.' }],
  [
    'REGISTRY_PLUGIN_REQUIRED',
    { message: '{subject} gehört zu AICO und lässt sich nicht entfernen.', fix: 'Schalte es stattdessen aus.' },
  ],
  [
    'REGISTRY_PLUGIN_TAKEN',
    { message: '{subject} heißt schon ein Plugin, das zu AICO gehört.', fix: 'Sag es dem Autor des Plugins.' },
  ],
  [
    'REGISTRY_STORE_FAILED',
    { message: '{subject} ließ sich nicht schreiben: {problem}.', fix: 'Schaffe Platz, dann versuche es noch einmal.' },
  ],
  [
    'REGISTRY_LEDGER_INVALID',
    {
      message: 'Das Verzeichnis der installierten Fassungen, {subject}, lässt sich nicht lesen: {problem}.',
      fix: 'Hole die Datei aus einer Sicherung zurück.',
    },
  ],
  [
    'REGISTRY_TRUST_INVALID',
    {
      message: 'Die Liste der Schlüssel, denen du vertraust, {subject}, lässt sich nicht lesen: {problem}.',
      fix: 'Hole die Datei aus einer Sicherung zurück.',
    },
  ],
  [
    'REGISTRY_ENGINE_MISMATCH',
    {
      message: '{subject} braucht AICO {range}; dies ist {version}.',
      fix: 'Aktualisiere AICO, oder installiere eine Fassung des Plugins für dieses.',
    },
  ],
  [
    'REGISTRY_CONTRACT_UNKNOWN',
    { message: '{subject} spricht „{contract}“, was dieses AICO nicht kennt.', fix: 'Aktualisiere AICO.' },
  ],
  [
    'REGISTRY_CONTRACT_MISMATCH',
    {
      message: '{subject} spricht {contract} {range}, dieses AICO {version}.',
      fix: 'Aktualisiere AICO, oder installiere eine Fassung des Plugins für dieses.',
    },
  ],
  [
    'REGISTRY_DEPENDENCY_MISSING',
    {
      message: '{subject} braucht das Plugin {dependency} {range}, das nicht installiert ist.',
      fix: 'Installiere {dependency}.',
    },
  ],
  [
    'REGISTRY_DEPENDENCY_MISMATCH',
    {
      message: '{subject} braucht das Plugin {dependency} {range}; installiert ist {version}.',
      fix: 'Installiere Fassungen, die zueinander passen.',
    },
  ],
  [
    'REGISTRY_DEPENDENCY_CYCLE',
    { message: '{subject} braucht sich selbst: {cycle}.', fix: 'Sag es dem Autor des Plugins.' },
  ],
  [
    'REGISTRY_DEPENDENCY_REFUSED',
    {
      message: '{subject} braucht das Plugin {dependency}, das nicht laufen kann: {problem}',
      fix: 'Kümmere dich zuerst um {dependency}.',
    },
  ],
]);
