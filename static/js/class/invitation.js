// An invitation in pure functions: a QR code as a path, and how many have come.

// The dark dots of the rows (`1`), as the path of an SVG in which a dot is one unit; neighbours in a row are one stroke.
export const squares = (rows) =>
  rows
    .flatMap((row, y) =>
      [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
    )
    .join("")

export const joined = (many) => (many ? `${many} ${many === 1 ? "has" : "have"} joined` : "Nobody has joined yet")
