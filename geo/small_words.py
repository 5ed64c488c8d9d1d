"""The words that say nothing of a need: what is left of a question without them is what counts.

Without accents, as everything that search compares. Small words are those that PostgreSQL drops
(the lists of Snowball, BSD licence) and a few more that people write.
"""

# The smallest words of each language: in no lexeme of a phrase, never looked for in a text.
STOP = {
    "fr": """
        a ai aie aient aies ait as au aura aurai auraient aurais aurait auras aurez auriez
        aurions aurons auront aux avaient avais avait avec avez aviez avions avons ayant ayante
        ayantes ayants ayez ayons bien c ca car ce cela ces cet cette ceux chez ci comme d dans
        de deja des du elle elles en encore es est et etaient etais etait etant etante etantes
        etants ete etee etees etes etiez etions etre eu eue eues eumes eurent eus eusse eussent
        eusses eussiez eussions eut eutes eux fait fumes furent fus fusse fussent fusses fussiez
        fussions fut futes ici il ils j je l la le les leur leurs lui m ma mais me meme mes moi
        mon n nos notre nous on ont ou par parce peu pour puis qu quand que quel quelle quelles
        quels qui quoi s sa se sera serai seraient serais serait seras serez seriez serions
        serons seront ses si soient sois soit sommes son sont sous soyez soyons suis sur t ta te
        tes toi ton tous tout toute toutes tres trop tu un une vers vos votre vous y
    """,
    "en": """
        a about above after again against all am an and any are as at be because been before
        being below between both but by can did do does doing down during each few for from
        further get gets got had has have having he her here hers him his how i
        if im in into is it its itself ive just ll m me more most my now of off on once
        only or other our ours ourselves over own re s same she should so some such than
        that the their theirs them then there these they this those through to too
        under until up us ve very was we were what when where which while who whom why will with
        would you your yours yourself yourselves
    """,
    "es": """
        a al algo algun alguna algunas alguno algunos ante antes aqui aun como con contra cual
        cuando de del desde donde durante e el ella ellas ellos en entre era erais eramos eran
        eras eres es esa esas ese eso esos esta estaba estabais estabamos estaban estabas estad
        estada estadas estado estados estais estamos estan estando estar estara estaran estaras
        estare estareis estaremos estaria estariais estariamos estarian estarias estas este
        esteis estemos esten estes esto estos estoy estuve estuviera estuvierais estuvieramos
        estuvieran estuvieras estuvieron estuviese estuvieseis estuviesemos estuviesen
        estuvieses estuvimos estuviste estuvisteis estuvo fue fuera fuerais fueramos fueran
        fueras fueron fuese fueseis fuesemos fuesen fueses fui fuimos fuiste fuisteis ha habeis
        habia habiais habiamos habian habias habida habidas habido habidos habiendo habra habran
        habras habre habreis habremos habria habriais habriamos habrian habrias han has hasta
        hay haya hayais hayamos hayan hayas he hemos hube hubiera hubierais hubieramos hubieran
        hubieras hubieron hubiese hubieseis hubiesemos hubiesen hubieses hubimos hubiste
        hubisteis hubo la las le les lo los mas me mi mia mias mio mios mis mucha muchas mucho
        muchos muy nos nosotras nosotros nuestra nuestras nuestro nuestros o os otra otras otro
        otros para pero poco por porque pues que quien quienes se sea seais seamos sean seas
        sentid sentida sentidas sentido sentidos ser sera seran seras sere sereis seremos seria
        seriais seriamos serian serias si siente sintiendo sobre sois somos son soy su sus suya
        suyas suyo suyos tambien tan tanto te tendra tendran tendras tendre tendreis tendremos
        tendria tendriais tendriamos tendrian tendrias tened teneis tenemos tenga tengais
        tengamos tengan tengas tengo tenia teniais teniamos tenian tenias tenida tenidas tenido
        tenidos teniendo ti tiene tienen tienes todo todos tu tus tuve tuviera tuvierais
        tuvieramos tuvieran tuvieras tuvieron tuviese tuvieseis tuviesemos tuviesen tuvieses
        tuvimos tuviste tuvisteis tuvo tuya tuyas tuyo tuyos u un una unas uno unos vosostras
        vosostros vuestra vuestras vuestro vuestros y ya yo
    """,
}

# Words that ask, and say nothing of what for; how many and since when; and the countries that
# people name beside a need.
FILLERS = {
    "fr": """
        aide aider aidez aimerais aller an annee ans aujourd avoir besoin bonjour canada cherche
        chercher cinq colombie comment connaissez connaitre demain depuis deux dix dois donner
        est-ce faire faut gens guatemala hier honduras hui jamaique jour jours merci mexique
        mois obtenir pays peut peux philippines pourrais pouvez pres probleme problemes proche
        quatre quelqu quelque quelques recherche salut salvador savoir semaine semaines service
        services six svp temps toujours trois trouve trouver vais veut veux voudrais vraiment
    """,
    "en": """
        anybody anyone canada colombia could country day days find five four go going guatemala
        hello help herself hi himself honduras information jamaica know let like look looking make
        maybe mexico might month months must myself near need needs out philippines please problem
        problems really said salvador say says service services show since six someone something
        somewhere tell ten thank thanks themselves thing things three today told tomorrow try two
        want wants way week weeks year years yesterday
    """,
    "es": """
        aca ahora alguien alla ano anos ayer ayuda ayudame ayudan ayudar ayudarme ayuden busca
        buscando buscar busco canada cerca cinco colombia conocen conseguir cuatro dame debo
        decir dia dias dicen diez dos encontrar encuentro favor filipinas gracias guatemala
        gustaria hace hacer hago hola honduras hoy ir jamaica mes meses mexico necesita
        necesitamos necesito pais pedir podria problema problemas puede pueden puedo quiere
        quieren quiero quisiera sabe saber sabes sacar salvador seis semana semanas servicio
        servicios tener tres urge voy
    """,
}

# Ways to say no; "don" is what is left of "don't".
NOES = {
    "fr": """
        aucun aucune jamais ne ni pas plus rien sans
    """,
    "en": """
        aren arent cannot cant couldn couldnt didn didnt doesn doesnt don dont hadn hasn hasnt
        haven havent isn isnt mustn never no nobody none nor not nothing shouldn t without
        won wont wouldn
    """,
    "es": """
        nada ni ningun ninguna no nunca sin
    """,
}
