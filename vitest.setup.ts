import fc from 'fast-check'

// Property tests try the same cases every time, so that a red build can be repeated; another KANON_SEED tries others.
fc.configureGlobal({ seed: Number(process.env['KANON_SEED'] ?? '20261121') })
