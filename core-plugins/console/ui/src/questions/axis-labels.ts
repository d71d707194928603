const TIME = /^\d{4}-(\d{2}-\d{2})(?: (\d{2}:\d{2})(:\d{2})?(?:\.\d+)?)?$/;

/** What stands under a chart: of times what tells them apart, as there is no room for all of them. The table says them in full. */
export function axisLabels(texts: readonly string[]): readonly string[] {
  const found = texts.map((text) => TIME.exec(text));
  const isTimes = found.every((each) => each !== null) && found.some((each) => each[2] !== undefined);
  if (!isTimes) return texts;
  const oneDay = new Set(texts.map((text) => text.slice(0, 10))).size === 1;
  const wholeMinutes = found.every((each) => (each[3] ?? ':00') === ':00');
  return found.map(([, day = '', minute = '00:00', second = ':00']) => {
    if (!oneDay) return `${day} ${minute}`;
    return wholeMinutes ? minute : minute + second;
  });
}
