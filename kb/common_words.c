#include "kb/common_words.h"

#include <string.h>

#include "kb/stem.h"

static const char english[] =
    "able account access add again allow another answer anything application around ask available away back bad before "
    "best better between big both bring call cant case cause change check choose come complete contact correct couldnt "
    "create current customer day delete different doesnt done down each easy else end enter error even ever every everything "
    "example exist fail fast few fill find first fix follow free full give go good great happen hard help hold idea "
    "important information instead issue item keep kind know last late later leave left let like list little load long look "
    "lose lot make many may mean mine minute month most move much must name never new next nothing now number old one open "
    "option order part people person place point possible problem process product put question reason receive recommend "
    "remove request right run say second see seem send service set show since site small something soon start still stop "
    "stuff support sure take tell thing think through time today together tool try turn type under understand use used user "
    "using usually value via view wait way website week well went whether without wont word work working wrong year yet";

static const char german[] =
    "ändern anderer anders anfang anfrage angabe antwort art aufhören bekommen benötigen benutzen beispiel besser beste "
    "bestellung bitte bleiben brauchen bringen ende erhalten erklären erst etwas fall falsch fehler fertig finden folgen "
    "frage fragen frei früher funktionieren ganz geben gehen genau gerade gern gestern gibt gleich groß grund gut halten "
    "hallo helfen hilfe heute hören immer information innerhalb jahr jemand jetzt kaputt kaufen kennen klappen klein kommen "
    "kontakt kunde kurz lang lange lassen laufen legen leider letzte leute liegen machen mal melden mensch minute mitteilen "
    "möchte möglich möglichkeit monat morgen müssen nächste name nehmen neu nichts nie nochmal nötig nummer nutzen oben "
    "öffnen oft ort paar person platz plötzlich problem punkt richtig rufen sache sagen schauen schicken schlecht schnell "
    "schon schreiben schritt sehen seit seite selbst senden setzen sicher siehe sofort sollen sonst später stehen stellen "
    "stoppen stück suchen tag teil teilen trotzdem tun überhaupt übrig unten verstehen versuchen viel vielleicht vorher "
    "wählen warten wechseln weg weit weiter wenig wichtig wieder wirklich wissen woche wort wünschen zahl zeigen zeit "
    "zurück zusammen zwei";

static const char french[] =
    "aide aider aller an année appel après arrêter arriver article attendre aujourdhui autre avant avoir beaucoup besoin bien "
    "bon bonjour cas cause chaque changer chercher chose choisir client combien commande commencer comprendre compte "
    "connaître contact continuer correct demande demander demain dernier devoir différent dire donner effectuer encore "
    "entrer envoyer erreur essayer exemple faire falloir fin finir fois fonctionner forme garder gens grand heure hier "
    "important information jamais jour laisser lieu lire liste long mal manière marcher mauvais même mettre minute mois "
    "moment monde montrer mot moyen nécessaire nom nombre nouveau numéro obtenir option ouvrir page parler part partie "
    "passer pendant perdre permettre personne petit peu place point possible pourquoi pouvoir premier prendre problème "
    "prochain question raison recevoir remplir rendre répondre réponse rester rien savoir semaine sembler sens service seul "
    "simple site solution sortir souvent suivre support sûr temps tenir toujours tout travail trop trouver type utiliser "
    "vérifier vite voir vouloir vrai";

static const char spanish[] =
    "abrir ahora alguien algo antes año aquí ayer ayuda ayudar bien bueno buscar cada cambiar cambio caso causa cerca "
    "cliente comenzar completo conseguir conocer contacto correcto cosa crear creer cuenta dar deber decir dejar diferente "
    "día elegir empezar encontrar entender entrar enviar error escribir esperar ejemplo existir fácil falta fin forma "
    "funcionar gente gracias grande gustar haber hablar hacer hola hora hoy importante información intentar ir lado llamar "
    "llegar llevar lista lugar luego malo manera mañana mejor mes minuto mirar mismo modo momento mostrar mucho mundo "
    "necesitar nombre nuevo número nunca obtener opción orden página parar parecer parte pasar pedido pedir pensar pequeño "
    "perder permitir persona poder poner posible pregunta preguntar primero problema producto punto quedar querer quitar "
    "razón realizar recibir responder respuesta saber salir seguir segundo seguro semana sentir servicio siempre siguiente "
    "sitio solicitar solo solución tarde tener terminar tiempo tipo todavía tomar tratar último usar uso utilizar venir ver "
    "verdad vez volver";

static const char portuguese[] =
    "abrir acabar achar agora ainda ajuda ajudar algo alguém alterar ano antes aparecer aqui assunto bem bom buscar cada "
    "caso causa certo chegar cliente coisa colocar começar completo conhecer conseguir contacto contato correto criar dar "
    "deixar depois dever dia diferente dizer encontrar entender entrar enviar errado erro escolher escrever esperar exemplo "
    "existir fácil falar falta fazer ficar fim forma funcionar gente gostar grande haver hoje hora importante indicar "
    "informação informar início ir lado lista local lugar maneira mau melhor mês mesmo minuto modo momento mostrar mudar "
    "mundo necessário necessitar nome novo número nunca obter olá onde ontem opção ordem pagina parar parte passar pedido "
    "pedir pensar pequeno perder perguntar pergunta permitir pessoa poder ponto pôr possível possuir precisar pretender "
    "primeiro problema processo produto próximo quantidade querer questão razão realizar receber responder resposta saber "
    "sair seguinte seguir segundo sempre semana serviço site solicitar solução tarde tempo tentar ter terminar tipo tirar "
    "tomar tratar último usar utilizar vez ver verdade vir";

static const char italian[] =
    "adesso aiutare aiuto altro ancora andare anno aprire arrivare aspettare attuale avere bene bisogno buono cambiare "
    "capire caso causa cercare chiamare chiedere chiudere ciao cliente cominciare completo conoscere contatto corretto cosa "
    "creare credere dare dire diverso domanda domani dopo dovere entrare errore esempio esistere facile fare fine finire "
    "forma funzionare genere gente giorno giusto grande grazie ieri importante impossibile informazione iniziare inviare "
    "lasciare leggere lista luogo mai male mandare mese mettere migliore minuto modo momento mondo mostrare necessario "
    "niente nome numero nuovo oggi ogni opzione ora ordine ottenere pagina parlare parola parte passare pensare perdere "
    "permettere persona piccolo possibile potere prendere prima primo problema prodotto prossimo provare punto qualcosa "
    "qualcuno questione ragione restare ricevere richiedere richiesta riuscire rispondere risposta sapere sbagliato "
    "scegliere scrivere secondo seguire sembrare sempre sentire servire servizio settimana sicuro sito smettere solo "
    "soluzione spesso stare succedere tempo tenere tipo togliere tornare trovare ultimo usare uscire utilizzare vecchio "
    "vedere venire vero via volere volta";

static const char dutch[] =
    "ander antwoord beginnen begrijpen bekijken bellen beste beter bezig bieden bijvoorbeeld blijven brengen contact daar "
    "dag deel denken ding doen duidelijk dus eerste einde even fout ga gaan gebeuren gebruik gebruiken geen geven gewoon "
    "goed graag groot haar halen half hallo helpen hetzelfde hoeveel horen houden hulp iedereen iemand iets informatie jaar "
    "kennen keer keuze kiezen klaar klant klein komen kopen krijgen kijken laat laatste land lang laten leggen lezen lijken "
    "lijst lopen lukken maand maken manier meedoen melden mens minuut misschien moeten mogelijk moment morgen naam nemen "
    "niets nieuw nodig nooit nummer open optie opnieuw paar pagina persoon plaats plek praten probleem proberen punt "
    "reactie reden sinds site slecht snel soort staan starten stellen steeds stoppen stuk sturen terug tijd tonen tot "
    "twee uur vaak vandaag veranderen verkeerd verschillend verder vinden vol volgen volgende vraag vragen vrij waarschijnlijk "
    "wachten week weer weg weinig werk werken weten wijzigen willen woord zaak zeggen zeker zelf zetten zien zitten zoeken "
    "zonder";

static const struct {
  const char *code;
  const char *words;
} lists[] = {
  { "en", english },    { "de", german },  { "fr", french }, { "es", spanish },
  { "pt", portuguese }, { "it", italian }, { "nl", dutch },
};

static GHashTable *stems[G_N_ELEMENTS (lists)]; /* of each list */

static void
load (gsize at)
{
  g_auto (GStrv) words = g_strsplit (lists[at].words, " ", -1);
  g_autoptr (PnStemmer) stemmer = pn_stemmer_new (lists[at].code);

  stems[at] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; words[i] != NULL; i++)
    g_hash_table_add (stems[at], pn_stemmer_stem (stemmer, words[i]));
}

gboolean
pn_common_words_has (const char *language, const char *stem)
{
  static gsize is_loaded;

  if (g_once_init_enter (&is_loaded)) {
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
      load (i);
    g_once_init_leave (&is_loaded, 1);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (strcmp (language, lists[i].code) == 0)
      return g_hash_table_contains (stems[i], stem);
  }
  return FALSE;
}
