#include "kb/thesaurus_words.h"

#include <stddef.h>
#include <string.h>

static const char spanish[] =
    "abrir apertura|acceder entrar sesión|activar encender activación|actualizar actualización|"
    "alquilar alquiler|aplicación programa|archivo fichero documento|aumentar subir|"
    "ayuda apoyo soporte ayudar|añadir agregar insertar|batería carga|beca ayuda|"
    "billete boleto pasaje|bloqueado bloquear|bloquear prohibir impedir|"
    "borrar eliminar quitar suprimir|caducar vencer vencimiento|cambiar modificar editar cambio|"
    "cancelar anular cancelación baja|carnet permiso licencia|casa vivienda domicilio|"
    "cerrar cierre|certificado justificante|cita turno|coche automóvil vehículo|comisión gasto|"
    "comprar compra adquirir pedido pedir|comprobar verificar confirmar|contacto contactar|"
    "contraseña clave|contrato acuerdo|copiar copia|coste costo precio tarifa costar|"
    "crear abrir creación|cuenta perfil|cuota prima|curso formación|cv curriculum+vitae|"
    "cv currículum|código cupón descuento|desactivar apagar|descargar bajar|descuento oferta|"
    "devolución devolver reembolso|devolver devolución cambio cambiar|"
    "diferencia diferente distinto|dinero efectivo|dirección domicilio|"
    "disponible existencias stock|disponible listo|dni documento+identidad|documento papel|"
    "eeuu estados+unidos|elegir seleccionar escoger|empezar comenzar iniciar inicio|"
    "empleado trabajador|empresa compañía sociedad|encontrar buscar hallar|enfermo enfermedad|"
    "entregar entrega|enviar envío mandar|equipaje maleta|escuela universidad|esperar espera|"
    "examen prueba|factura facturación|factura recibo|fallo error problema|"
    "formulario solicitud solicitar|funcionar funcionamiento|garantía cobertura|gastos envío|"
    "gratis gratuito|hablar conversar|hacer hecho hizo|horario abierto apertura|hotel habitación|"
    "identidad identificación dni|imagen foto|imprimir impresora|impuesto tasa|"
    "incorrecto erróneo|informar avisar notificar|ingresar depositar|instalar instalación|"
    "interés tipo|iva impuesto+valor+añadido|jubilación pensión|kg kilogramo|km kilómetro|"
    "ley norma reglamento|llegar recibir entregado|lugar sitio ubicación|límite máximo|"
    "matrícula inscripción|max máximo|medicamento medicina|mensaje correo email|min mínimo|"
    "mostrar ver visualizar|motivo razón causa|multa sanción|médico doctor|"
    "necesitar necesario requerir|nif número+identificación+fiscal|niño hijo bebé|nómina sueldo|"
    "obligación obligatorio|ocultar esconder|olvidar olvidado perdido|ordenador computadora|"
    "pagar pago abonar|paquete bulto|paquete envío pedido entrega|pasaporte visado|"
    "peligro riesgo|perdido perder pérdida|permitir autorizar permiso|persona individuo|"
    "poder puedo puede|pregunta duda consulta|propietario dueño titular|"
    "proteger protección evitar|préstamo crédito|préstamo hipoteca|queja reclamación|"
    "rechazar denegar|recibir obtener|recomendar aconsejar|red conexión internet|"
    "reducir disminuir|reembolso reembolsar devolución|regalo regalar|"
    "registrar registro inscribir|registrarse registro inscripción alta|renovar renovación|"
    "reparar arreglar solucionar|respuesta responder contestar|restablecer cambiar recuperar|"
    "retirar sacar|reunión cita|rgpd protección+datos|robado robo|"
    "roto dañado defectuoso averiado|rrhh recursos+humanos|rápido pronto|salario sueldo|"
    "seguro seguridad|siniestro accidente daño|sucursal oficina|sustituir reemplazar|"
    "talla tamaño medida|tardar retraso demora plazo|tarjeta bancaria|tel teléfono|"
    "teléfono móvil celular|tener tengo tuvo|terminar acabar finalizar fin|tienda comercio|"
    "tlf teléfono|trabajo empleo|transferencia enviar|transferir transferencia|"
    "trámite procedimiento gestión|tv televisión|ue unión+europea|urgente urgencia|"
    "usa estados+unidos|usar utilizar uso|usuario cliente|vacaciones permiso|viaje viajar|"
    "vuelo avión|web página";

static const char italian[] =
    "accedere accesso login|acqua idrico|affittare affitto|aggiornare aggiornamento|"
    "aggiungere inserire|aiuto assistenza supporto aiutare|albergo hotel camera|"
    "allaccio attivazione fornitura|annullare cancellare disdire disdetta recesso|"
    "applicazione programma|appuntamento prenotazione|appuntamento riunione|aprire apertura|"
    "arrivare ricevere consegnato|aspettare attendere|attivare accendere attivazione|"
    "aumentare aumento|auto macchina veicolo|azienda impresa società|bagaglio valigia|"
    "bambino figlio|batteria carica|bloccare vietare impedire|bloccato bloccare|"
    "bonifico trasferimento|cambio cambiare sostituire|carta bancomat|casa abitazione|"
    "certificato attestazione|chiudere chiusura|codice coupon sconto|commissione spesa|"
    "comprare acquistare acquisto ordinare ordine|consegna consegnare spedizione|"
    "consigliare raccomandare|contatore lettura consumo|contattare contatto|"
    "conto account profilo|contratto accordo|copiare copia|corso formazione|"
    "costo prezzo tariffa costare|creare aprire|cv curriculum+vitae|denaro soldi contanti|"
    "differenza diverso|dimenticare dimenticato perso|dipendente lavoratore|disattivare spegnere|"
    "disdetta cessazione chiusura recesso|disponibile disponibilità|disponibile pronto|"
    "domanda richiesta|eliminare rimuovere cancellare|fattura fatturazione bolletta|"
    "fattura ricevuta|ferie vacanze|file documento|filiale sportello ufficio|"
    "finire terminare fine|funzionare funzionamento|garanzia copertura|gdpr protezione+dati|"
    "gratis gratuito|guasto errore problema perdita|identità documento|immagine foto|"
    "indirizzo residenza|iniziare cominciare inizio|installare installazione|interesse tasso|"
    "inviare mandare spedire invio|iscriversi iscrizione registrazione|"
    "iva imposta+valore+aggiunto|kg chilogrammo|km chilometro|lavoro impiego|legge norma regola|"
    "limite massimo|luogo posto|malato malattia|max massimo|medicinale farmaco|medico dottore|"
    "messaggio mail email posta|min minimo|modificare cambiare modifica|modulo domanda|"
    "mostrare vedere visualizzare|motivo ragione causa|necessario servire bisogno|"
    "obbligo obbligatorio|orario aperto apertura|pacco collo|pacco spedizione ordine consegna|"
    "pagare pagamento|password parola|pericolo rischio|permettere autorizzare permesso|"
    "perso perdere smarrito|pratica procedura modulo|prelevare prelievo|premio rata|"
    "prestito mutuo credito|proprietario titolare|rateizzare rata|reclamo lamentela|"
    "reclamo segnalazione|regalo regalare|registrare registrazione iscrivere iscrizione|"
    "reimpostare recuperare cambiare|reso restituzione rimborso|"
    "restituire reso restituzione cambiare|rete connessione internet|ricevere ottenere|"
    "ridurre diminuire|rifiutare respingere|rimborso rimborsare|rinnovare rinnovo|"
    "riparare risolvere|risposta rispondere|ritardo tempo|rotto danneggiato difettoso guasto|"
    "rubato furto|sbagliato errato|scadere scadenza|scaricare download|scegliere selezionare|"
    "sconto offerta|scuola università|sicuro sicurezza|sinistro incidente danno|sito pagina|"
    "sostituire sostituzione|spedire spedizione inviare|spese spedizione|stampare stampa|"
    "stipendio salario|taglia misura dimensione|tassa imposta|tel telefono|telefono cellulare|"
    "trasferire bonifico|trovare cercare|tv televisione|ue unione+europea|urgente urgenza|"
    "usa america|usa stati+uniti|usare utilizzare uso|utente cliente|veloce rapido|"
    "verificare confermare controllare|viaggio viaggiare|volo aereo|voltura subentro intestazione";

static const char dutch[] =
    "aankomen ontvangen geleverd|aanmaken maken creëren gemaakt|aanraden adviseren|"
    "account profiel|adres woonplaats|afdrukken printen|afspraak reservering|"
    "afspraak vergadering|annuleren annulering afzeggen|annuleren opzeggen annulering opzegging|"
    "antwoord antwoorden|arts dokter|auto voertuig|avg gegevensbescherming privacy|bagage koffer|"
    "batterij accu|bedrijf onderneming|beginnen starten begin|bericht mail email|"
    "beschikbaar klaar|beschikbaar voorraad|bestand document|betalen betaling betaald|"
    "bewijs verklaring|bijwerken update|blokkeren verbieten|btw belasting+toegevoegde+waarde|"
    "computer laptop|contact bereiken|contract overeenkomst|controleren bevestigen|"
    "cursus opleiding|dringend spoed|eindigen stoppen einde|eu europese+unie|"
    "factuur rekening bon|formulier aanvraag aanvragen|foto afbeelding|fout verkeerd onjuist|"
    "garantie dekking|geblokkeerd blokkeren|gebruiken gebruik|gebruiker klant|geld contant|"
    "gestolen diefstal|gevaar risico|herstellen resetten wijzigen|hotel kamer|hr personeelszaken|"
    "huis woning|hulp ondersteuning helpen|huren huur|inloggen aanmelden|"
    "inschakelen activeren aanzetten|inschrijven registreren aanmelden|installeren installatie|"
    "kaart pas|kaartje ticket|kantoor filiaal|kapot defect beschadigd|kg kilogram|"
    "kiezen selecteren|kind kinderen|km kilometer|"
    "kopen aankoop bestellen bestelling gekocht besteld|kopiëren kopie|korting aanbieding|"
    "korting kortingscode|kosten prijs tarief|krijgen ontvangen|lening hypotheek|lening krediet|"
    "levering bezorging leveren bezorgen|limiet maximum|loon salaris|maat grootte afmeting|"
    "max maximaal|medicijn geneesmiddel|min minimaal|netwerk verbinding internet|"
    "nodig noodzakelijk|nr nummer|openingstijd open geopend|opzeggen opzegtermijn beëindigen|"
    "overmaken overschrijving overboeking|pakket levering bestelling zending|"
    "pinpas bankpas kaart|plaats locatie|premie bijdrage|probleem fout storing|procedure stap|"
    "programma applicatie app|reden oorzaak waarom|reis reizen|repareren oplossen|"
    "retourneren retour terugsturen ruilen|ruilen omruilen|schade ongeval|school universiteit|"
    "snel vlug|sturen verzenden versturen|tel telefoon|telefoon mobiel|"
    "terugbetaling terugbetalen|toestaan toestemming|toevoegen invoegen|"
    "tonen zien bekijken weergeven|tv televisie|uitschakelen uitzetten|usa amerika|"
    "vakantie verlof|veilig veiligheid|vergeten kwijt|verhuizen verhuizing adres|"
    "verlagen verminderen|verlengen vernieuwen|verlopen geldig|verloren kwijt verliezen|"
    "verplicht verplichting|verschil verschillend|vertraging laat|verwijderen wissen|"
    "verzendkosten kosten|vinden zoeken|vk verenigd+koninkrijk|vlucht vliegtuig|"
    "vs verenigde+staten|wachtwoord pincode|website pagina|weigeren afwijzen|werk baan|"
    "werken functioneren|werknemer medewerker|wet regel|wijzigen veranderen aanpassen bewerken|"
    "winkel zaak|ziek ziekte";

static const struct {
  const char *language;
  const char *groups;
} table[] = {
  { "de", pn_thesaurus_german },
  { "en", pn_thesaurus_english },
  { "es", spanish },
  { "fr", pn_thesaurus_french },
  { "it", italian },
  { "nl", dutch },
  { "pt", pn_thesaurus_portuguese },
};

const char *
pn_thesaurus_words (const char *language)
{
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (strcmp (table[i].language, language) == 0)
      return table[i].groups;
  }
  return NULL;
}
