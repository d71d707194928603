/** Said while the console plugin starts, or when the product has none. It looks again by itself. */
export const CONSOLE_AWAY_PAGE: string = page(
  'AICO is running',
  'The app itself is not here yet. This page looks again by itself. If it stays: <code>aico plugin enable console</code>.',
  '<meta http-equiv="refresh" content="2">',
);

/** Said for a file that does not exist. */
export const NOT_FOUND_PAGE: string = page('Not here', 'There is no such page. <a href="/">Go to the app.</a>');

function page(title: string, text: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
${head}
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
}
