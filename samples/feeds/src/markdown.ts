/** Text of strangers, without what Markdown would act on. */
export function plain(text: string): string {
  return text.replace(/[*_`[\]<>#|\\~!]/g, '').trim() || 'Untitled';
}
