// state: one's own page, as the server told it last.
import type { Me } from '../wire/generated'

export const me = $state<{ page: Me | undefined }>({ page: undefined })
