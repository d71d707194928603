/** From then on a grant is offered for removal. */
export const UNUSED_AFTER_DAYS = 30;
