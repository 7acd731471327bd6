/** The words of updates of live images. What each way does, costs and makes impossible is the engine's
 *  to say. */
const image = (n: number, said: string) => `${said} image${n > 1 ? "s" : ""}`;

export const updateWords = {
  title: ["Images en ligne", "Live images"],
  reading: ["Lecture des images en ligne…", "Reading the live images…"],
  more: [
    "De nouvelles images peuvent remplacer ou compléter celles que ces services montrent :",
    "New images can replace or complete those that these services show:",
  ],
  begin: ["Mettre à jour les images…", "Update the images…"],
  nothing: ["Rien à mettre à jour", "Nothing to update"],
  close: ["Annuler", "Cancel"],

  which: ["1. Les nouvelles images", "1. The new images"],
  whichMore: [
    "Choisissez-les, ou déposez-les dans la fenêtre. Vos fichiers ne sont que lus.",
    "Choose them, or drop them on the window. Your files are only read.",
  ],
  files: ["Choisir des fichiers", "Choose files"],
  folder: ["Choisir un dossier", "Choose a folder"],
  looking: ["Lecture des images choisies…", "Reading the images chosen…"],
  images: [image, image],
  none: ["Il n’y a pas d’image dans ce qui est choisi.", "There is no image in what is chosen."],
  way: ["2. La façon de les mettre en ligne", "2. The way they go live"],
  wayFixed: ["2. La façon, choisie au début", "2. The way, chosen at the start"],
  lost: ["Ce qui devient impossible", "What becomes impossible"],
  cost: ["Ce que cela coûte", "What it costs"],
  seen: [
    "Dès que la plateforme a fini, tous ceux qui regardent ces services voient les nouvelles images. L’état d’avant est gardé : vous pouvez y revenir tant que vous ne l’abandonnez pas.",
    "As soon as the platform is done, everybody who looks at these services sees the new images. The former state is kept: you can go back to it until you give it up.",
  ],
  seenSandbox: [
    "Dès que le bac à sable a fini, ses services montrent les nouvelles images, sur cet ordinateur seulement. L’état d’avant est gardé : vous pouvez y revenir tant que vous ne l’abandonnez pas.",
    "As soon as the sandbox is done, its services show the new images, on this computer only. The former state is kept: you can go back to it until you give it up.",
  ],
  where: ["Où, et sous quel nom :", "Where, and as whom:"],
  start: ["Envoyer et montrer", "Send and show"],

  shown: ["Les nouvelles images sont montrées ; rien n’est définitif", "The new images are shown; nothing is final"],
  shownMore: [
    "Regardez-les sur la carte ci-dessous, ou dans vos propres logiciels : les adresses n’ont pas changé. L’état d’avant est gardé jusqu’à ce que vous choisissiez.",
    "Look at them on the map below, or in your own software: the addresses are the same. The former state is kept until you choose.",
  ],
  begun: ["Une mise à jour est commencée, pas finie", "An update is begun, not done"],
  begunMore: [
    "Elle ne se voit pas encore partout. Redonnez les mêmes images pour l’achever, ou revenez à l’état d’avant.",
    "It is not seen everywhere yet. Give the same images again to end it, or go back to the former state.",
  ],
  goOn: ["L’achever…", "End it…"],
  injecting: ["Les nouvelles images prennent leur place", "The new images are taking their place"],
  injectingMore: [
    "Vous avez abandonné l’état d’avant : il ne peut plus revenir. Ce qui reste à faire peut être achevé d’ici.",
    "You gave the former state up: it cannot come back. What is left to do can be ended from here.",
  ],
  finish: ["Achever", "End it"],

  undo: ["Rétablir l’état d’avant…", "Bring the former state back…"],
  undoSure: ["Rétablir l’état d’avant ?", "Bring the former state back?"],
  undoMore: [
    "Les services montrent à nouveau les images d’avant, et ce que la mise à jour a fait sur la plateforme est supprimé. Vos fichiers restent ; pour montrer ces images plus tard, il faudra les renvoyer.",
    "The services show the former images again, and what the update made on the platform is deleted. Your files stay; to show these images later, they must be sent again.",
  ],
  undoYes: ["Rétablir l’état d’avant", "Bring the former state back"],
  giveUp: ["Y renoncer…", "Give it up…"],
  notNow: ["Pas maintenant", "Not now"],
  confirm: ["Abandonner l’état d’avant…", "Give the former state up…"],
  confirmSure: ["Abandonner l’état d’avant ?", "Give the former state up?"],
  confirmMore: ["Les nouvelles images restent. C’est le point de non-retour :", "The new images stay. This is the point of no return:"],
  confirmYes: ["Abandonner l’état d’avant", "Give the former state up"],
  ended: [
    { confirm: "L’état d’avant est abandonné : les nouvelles images restent.", undo: "L’état d’avant est rétabli." },
    { confirm: "The former state is given up: the new images stay.", undo: "The former state is back." },
  ],
} as const;
