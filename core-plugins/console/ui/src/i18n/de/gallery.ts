import type { gallery as english } from '../en/gallery.ts';
import type { Phrase } from '../fill.ts';

export const gallery: Readonly<Record<keyof typeof english, Phrase>> = {
  'gallery.picture': '{name} im Einsatz',
  'gallery.title': 'Galerie',
  'gallery.text': 'Kleine Plugins, die mit AICO gekommen sind. Sie zu installieren braucht keine Verbindung.',
  'gallery.open': 'Aus der Galerie hinzufügen',
  'gallery.back': 'Deine Plugins',
  'gallery.empty': 'Die Galerie ist leer',
  'gallery.empty.text':
    'Dieses AICO kam ohne Plugins zum Hinzufügen. Ein Paket aus einer Datei geht so: aico plugin install.',
  'gallery.asks': { one: 'Bittet um eine Sache', other: 'Bittet um {count} Dinge' },
  'gallery.install': 'Installieren',
  'gallery.install.named': '{name} installieren',
  'gallery.install.title': '{name} installieren?',
  'gallery.install.text':
    'Darum bittet es. Nimm den Haken weg, wo es etwas nicht haben soll; du kannst es später ändern.',
  'gallery.install.nothing': 'Es bittet um nichts außerhalb seiner selbst.',
  'gallery.update': 'Erneuern',
  'gallery.installed': 'Installiert',
  'gallery.switch': 'Einschalten',
  'gallery.switch.named': '{name} einschalten',
  'gallery.installed.said': '{name} ist installiert und an.',
  'gallery.remove': 'Entfernen',
  'gallery.remove.named': '{name} entfernen',
  'gallery.remove.title': '{name} entfernen?',
  'gallery.remove.text':
    'Es hält an und geht, mit allem, was du ihm erlaubt hast. Was es gespeichert hat, bleibt und ist da, wenn du es wieder installierst.',
  'gallery.remove.text.data':
    'Es hält an und geht, mit allem, was du ihm erlaubt hast und was es gespeichert hat. Frühere Sicherungen enthalten das noch, bis sie ihres Alters wegen entfernt werden.',
  'gallery.remove.data': 'Auch löschen, was es gespeichert hat',
  'gallery.removed.data.said': '{name} ist entfernt, und was es gespeichert hat, ist gelöscht.',
  'gallery.removed.said': '{name} ist entfernt.',

  'consent.risk': 'Schau zweimal hin: Was das öffnet, lässt sich nicht zurücknehmen.',
  'consent.later': 'Du wirst gefragt, wenn es das braucht.',
  'consent.parts': 'Teile davon',
  'consent.allow': 'Erlauben: {words}',
  'consent.allow.short': 'Erlauben',
  'consent.allow.named': 'Erlauben: {words}',
  'consent.refuse': 'Ablehnen',
  'consent.failed': 'Die Antwort kam nicht an. Du kannst sie noch einmal geben.',
  'consent.refuse.named': 'Ablehnen: {words}',
  'consent.refused': '{name} darf nicht mehr: {words}.',
  'consent.unused': { one: 'Seit einem Tag nicht gebraucht.', other: 'Seit {count} Tagen nicht gebraucht.' },
  'consent.remove': 'Entziehen',
  'consent.question': 'Darf {name} das: {words}?',
  'consent.remembered': 'Deine Antwort wird behalten. Du kannst sie auf der Seite des Plugins ändern.',
};
