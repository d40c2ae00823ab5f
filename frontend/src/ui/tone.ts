/** The pair of colours of a state; see `style/tokens.css`. */
export type Tone = 'ok' | 'warn' | 'bad' | 'brand'
