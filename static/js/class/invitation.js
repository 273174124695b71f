// An invitation in pure functions: a QR code as a path, and how many have joined.

// Returns the dark modules of the rows (`1`) as an SVG path with one unit per module; adjacent modules are one stroke.
export const qrPath = (rows) =>
  rows
    .flatMap((row, y) =>
      [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
    )
    .join("")

export const joinedText = (many) => (many ? `${many} ${many === 1 ? "has" : "have"} joined` : "Nobody has joined yet")
