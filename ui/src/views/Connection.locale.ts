/** The words of the connection's check and of the authorities that are trusted. What each hop says is
 *  the engine's. */
export const connectionWords = {
  title: ["Vérifier la connexion", "Check the connection"],
  more: [
    "Chaque étape est essayée pour de vrai, de cet ordinateur à votre entrepôt. Rien n’y est changé.",
    "Each step is tried for real, from this computer to your datastore. Nothing is changed there.",
  ],
  check: ["Vérifier la connexion", "Check the connection"],
  again: ["Vérifier à nouveau", "Check again"],
  stop: ["Arrêter", "Stop"],
  trying: ["Essai en cours…", "Trying…"],
  stopped: ["Vérification arrêtée", "The check was stopped"],
  stoppedMore: ["Ce qui suit n’a pas été essayé.", "What comes next was not tried."],
  well: ["Tout répond", "All answers"],
  warned: ["Cela fonctionne ; un point est à savoir", "It works; there is something to know"],
  broken: [(hop: string) => `Cela s’arrête ici : ${hop}`, (hop: string) => `It stops here: ${hop}`],
  hops: [
    { disk: "Disque", gdal: "Lecture des données", keychain: "Trousseau", dns: "Nom du serveur", proxy: "Proxy", connect: "Chemin réseau", tls: "Certificat", clock: "Horloge", sign_in: "Connexion au compte", api: "API", datastore: "Entrepôt" },
    { disk: "Disk", gdal: "Reading data", keychain: "Keychain", dns: "Name of the server", proxy: "Proxy", connect: "Network path", tls: "Certificate", clock: "Clock", sign_in: "Sign-in", api: "API", datastore: "Datastore" },
  ],
  states: [
    { passed: "passé", warned: "à savoir", failed: "échoué", notTried: "non essayé" },
    { passed: "passed", warned: "to know", failed: "failed", notTried: "not tried" },
  ],
  list: ["Étapes de la connexion", "Steps of the connection"],
  signIn: ["Se connecter", "Sign in"],

  trust: ["Autorité de certification de votre réseau", "Your network’s certificate authority"],
  trustMore: [
    "Seulement si votre réseau inspecte le trafic : le certificat racine que donne votre service informatique. Il s’ajoute à ceux du système.",
    "Only where your network inspects traffic: the root certificate that your IT department gives. It is added to the system’s.",
  ],
  trustNone: ["Celles du système seulement", "The system’s only"],
  trustFixed: ["Ce fichier est fixé par QUAI_CA_FILE ou par la ligne de commande.", "This file is fixed by QUAI_CA_FILE or by the command line."],
  certificates: [(n: number) => `${n} certificat${n > 1 ? "s" : ""}`, (n: number) => `${n} certificate${n > 1 ? "s" : ""}`],
  choose: ["Choisir le certificat", "Choose the certificate"],
  another: ["En choisir un autre", "Choose another"],
  remove: ["Le retirer", "Remove it"],
} as const;
