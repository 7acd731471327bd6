/** The words of the choices that make a pyramid of images. */
export const pyramidWords = {
  title: ["Les tuiles de vos images", "The tiles of your images"],
  more: [
    "La plateforme prépare vos images à chaque échelle. Quai a choisi d’après elles ; rien n’est à changer dans la plupart des cas.",
    "The platform prepares your images at every scale. Quai chose from them; in most cases there is nothing to change.",
  ],
  reading: ["Lecture de ce que la plateforme offre…", "Reading what the platform offers…"],
  inShort: [
    (size: string, top: number, bottom: number) => `Jusqu’à ${size} par pixel (niveaux ${top} à ${bottom})`,
    (size: string, top: number, bottom: number) => `Down to ${size} a pixel (levels ${top} to ${bottom})`,
  ],
  storage: ["Stockage", "Storage"],
  tiles: [(n: string) => `environ ${n} tuiles`, (n: string) => `about ${n} tiles`],
  about: [(size: string) => `environ ${size}`, (size: string) => `about ${size}`],
  left: [(size: string) => `il reste ${size}`, (size: string) => `${size} left`],
  full: [
    "Cela dépasse la place qui reste dans l’entrepôt : un niveau de moins ou une compression plus forte aide.",
    "That is more than the datastore has left: one level less, or a stronger compression, helps.",
  ],
  time: ["Calcul", "Computing"],
  measured: [
    (time: string, runs: number) => `environ ${time}, d’après ${runs > 1 ? `les ${runs} dernières pyramides` : "la dernière pyramide"} de cet entrepôt`,
    (time: string, runs: number) => `about ${time}, as ${runs > 1 ? `the last ${runs} pyramids` : "the last pyramid"} of this datastore took`,
  ],
  unmeasured: [
    "inconnu : cet entrepôt n’a encore fait aucune pyramide. Vous pourrez fermer Quai en attendant.",
    "unknown: this datastore has made no pyramid yet. You may close Quai meanwhile.",
  ],
  moment: ["moins d’une minute", "less than a minute"],
  minutes: [(n: number) => `${n} min`, (n: number) => `${n} min`],
  hours: [(n: number) => `${n} h`, (n: number) => `${n} h`],
  adjust: ["Ajuster", "Adjust"],
  reset: ["Revenir au choix de Quai", "Back to Quai’s choice"],
  why: ["Pourquoi", "Why"],
  grid: ["Grille", "Grid"],
  gridMore: [
    "PM se superpose à toutes les cartes du web ; une grille dans le système des données ne déplace aucun pixel.",
    "PM lies over every map of the web; a grid in the data’s own system moves no pixel.",
  ],
  gridOf: [
    (id: string, srs: string, size: string) => `${id} — ${srs}, ${size} par pixel`,
    (id: string, srs: string, size: string) => `${id} — ${srs}, ${size} a pixel`,
  ],
  bottom: ["Niveau le plus détaillé", "Most detailed level"],
  bottomMore: ["Un niveau de plus pèse quatre fois plus.", "One level more weighs four times as much."],
  levelOf: [
    (level: number, size: string, bytes: string) => `${level} — ${size} par pixel, ${bytes}`,
    (level: number, size: string, bytes: string) => `${level} — ${size} a pixel, ${bytes}`,
  ],
  top: ["Niveau le plus large", "Widest level"],
  topMore: ["0 montre le monde entier ; il ne coûte presque rien.", "0 shows the whole world; it costs next to nothing."],
  compression: ["Compression", "Compression"],
  compressions: [
    {
      jpg: "JPEG : la plus légère, une perte à peine visible",
      jpg90: "JPEG fin : la perte ne se voit pas",
      png: "PNG : sans perte, garde la transparence",
      zip: "ZIP : valeurs exactes, montrées par un style",
    },
    {
      jpg: "JPEG: the lightest, a loss that is hardly seen",
      jpg90: "Fine JPEG: the loss is not seen",
      png: "PNG: no loss, keeps transparency",
      zip: "ZIP: exact values, shown by a style",
    },
  ],
  interpolation: ["Interpolation", "Interpolation"],
  interpolations: [
    { nn: "Au plus proche : chaque valeur est une de celles du fichier", linear: "Linéaire : adoucie", bicubic: "Bicubique : nette, pour des photographies", lanczos: "Lanczos : très nette" },
    { nn: "Nearest: each value is one of the file’s", linear: "Linear: softened", bicubic: "Bicubic: sharp, for photographs", lanczos: "Lanczos: very sharp" },
  ],
  mask: ["D’autres images s’ajouteront plus tard", "Other images will be added later"],
  maskMore: [
    (size: string) => `Un masque garde où il y a des données, sans quoi une mise à jour laisserait des bords noirs. Coût : ${size} de plus.`,
    (size: string) => `A mask keeps where there are data, without which an update would leave black borders. Cost: ${size} more.`,
  ],
} as const;
