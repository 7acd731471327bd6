/** The words of the step that judges. */
export const validateWords = {
  stops: [
    (n: number) => (n > 1 ? `${n} constats empêchent la livraison.` : "Un constat empêche la livraison."),
    (n: number) => (n > 1 ? `${n} findings stop the delivery.` : "One finding stops the delivery."),
  ],
  stopsMore: [
    "La plateforme refuserait ces données, plus tard et sans autant de détails. Rien n’a quitté cet ordinateur.",
    "The platform would refuse these data, later and with less detail. Nothing has left this computer.",
  ],
  passes: ["Publiable en l’état, avec des réserves.", "It can be published as it is, with reservations."],
  clean: ["Tout est en ordre.", "All is in order."],
  cleanMore: [
    "Les noms qui doivent changer le seront sur une copie ; vos fichiers ne sont jamais modifiés.",
    "Names that must change will, on a copy; your files are never modified.",
  ],
  groups: [
    { blocks: "À corriger avant de livrer", degrades: "À savoir : le résultat sera moins bon", tells: "Pour information", debug: "Détails" },
    { blocks: "To mend before delivering", degrades: "Beware: the result will be less good", tells: "For information", debug: "Details" },
  ],
  more: [(n: string) => `… et ${n} autres.`, (n: string) => `… and ${n} more.`],
  layer: ["couche", "layer"],
  field: ["champ", "field"],
  feature: ["entité", "feature"],
  declare: ["Dans quel système sont ces coordonnées ?", "Which system are these coordinates in?"],
  declareMore: [
    "Le fichier ne le dit pas. Ce que vous indiquez est noté tel quel : les coordonnées ne sont pas transformées.",
    "The file does not say. What you state is written as it is: coordinates are not transformed.",
  ],
  code: ["Code du système", "Code of the system"],
  apply: ["Indiquer", "State it"],
  undo: ["Annuler", "Undo"],
} as const;
