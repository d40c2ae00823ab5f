import 'fake-indexeddb/auto'

// Dates are written in the zone of the reader; tests read them in one.
process.env.TZ = 'Europe/Paris'
