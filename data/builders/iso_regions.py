"""ISO 3166-2 codes by GeoNames region name.

Only countries whose first-level GeoNames regions are the ISO subdivisions themselves. A region
that is not named here has no code in the bundle, which is better than a guessed one.
"""

# country -> "GeoNames name=code" pairs; the country prefix is added by `iso_code`.
NAMES = {
    "CA": "Alberta=AB|British Columbia=BC|Manitoba=MB|New Brunswick=NB|Newfoundland and Labrador=NL|Northwest Territories=NT|Nova Scotia=NS|Nunavut=NU|Ontario=ON|Prince Edward Island=PE|Quebec=QC|Saskatchewan=SK|Yukon=YT",
    "GB": "England=ENG|Northern Ireland=NIR|Scotland=SCT|Wales=WLS",
    "IE": "Connacht=C|Leinster=L|Munster=M|Ulster=U",
    "DE": "Baden-Wurttemberg=BW|Bavaria=BY|State of Berlin=BE|Brandenburg=BB|Bremen=HB|Hamburg=HH|Hesse=HE|Lower Saxony=NI|Mecklenburg-Vorpommern=MV|North Rhine-Westphalia=NW|Rheinland-Pfalz=RP|Saarland=SL|Saxony=SN|Saxony-Anhalt=ST|Schleswig-Holstein=SH|Thuringia=TH",
    "AU": "Australian Capital Territory=ACT|New South Wales=NSW|Northern Territory=NT|Queensland=QLD|South Australia=SA|Tasmania=TAS|Victoria=VIC|Western Australia=WA",
    "FR": "Auvergne-Rhône-Alpes=ARA|Bourgogne-Franche-Comté=BFC|Brittany=BRE|Centre-Val de Loire=CVL|Corsica=20R|Grand Est=GES|Hauts-de-France=HDF|Île-de-France=IDF|Normandy=NOR|New Aquitaine=NAQ|Occitanie=OCC|Pays de la Loire=PDL|Provence-Alpes-Côte d'Azur=PAC",
    "CH": "Zurich=ZH|Zug=ZG|Vaud=VD|Valais=VS|Uri=UR|Ticino=TI|Thurgau=TG|Solothurn=SO|Schwyz=SZ|Schaffhausen=SH|Saint Gallen=SG|Obwalden=OW|Nidwalden=NW|Neuchâtel=NE|Lucerne=LU|Jura=JU|Grisons=GR|Glarus=GL|Geneva=GE|Fribourg=FR|Bern=BE|Basel-City=BS|Basel-Landschaft=BL|Appenzell Ausserrhoden=AR|Appenzell Innerrhoden=AI|Aargau=AG",
    "AT": "Burgenland=1|Carinthia=2|Lower Austria=3|Upper Austria=4|Salzburg=5|Styria=6|Tyrol=7|Vorarlberg=8|Vienna=9",
    "ES": "Andalusia=AN|Aragon=AR|Asturias=AS|Balearic Islands=IB|Basque Country=PV|Canary Islands=CN|Cantabria=CB|Castille and León=CL|Castille-La Mancha=CM|Catalonia=CT|Ceuta=CE|Extremadura=EX|Galicia=GA|La Rioja=RI|Madrid=MD|Melilla=ML|Murcia=MC|Navarre=NC|Valencia=VC",
    "IT": "Abruzzo=65|Aosta Valley=23|Apulia=75|Basilicate=77|Calabria=78|Campania=72|Emilia-Romagna=45|Friuli Venezia Giulia=36|Lazio=62|Liguria=42|Lombardy=25|Molise=67|Piedmont=21|Sardinia=88|Sicily=82|The Marches=57|Trentino-Alto Adige=32|Tuscany=52|Umbria=55|Veneto=34",
    "NL": "Drenthe=DR|Flevoland=FL|Friesland=FR|Gelderland=GE|Groningen=GR|Limburg=LI|North Brabant=NB|North Holland=NH|Overijssel=OV|South Holland=ZH|Utrecht=UT|Zeeland=ZE",
    "BE": "Brussels Capital=BRU|Flanders=VLG|Wallonia=WAL",
    "PT": "Aveiro=01|Beja=02|Braga=03|Bragança=04|Castelo Branco=05|Coimbra=06|Évora=07|Faro=08|Guarda=09|Leiria=10|Lisbon=11|Portalegre=12|Porto=13|Santarém=14|Setúbal=15|Viana do Castelo=16|Vila Real=17|Viseu=18|Azores=20|Madeira=30",
    "PL": "Lower Silesia=02|Kujawsko-Pomorskie=04|Lublin=06|Lubusz=08|Łódź Voivodeship=10|Lesser Poland=12|Mazovia=14|Opole Voivodeship=16|Subcarpathia=18|Podlasie=20|Pomerania=22|Silesia=24|Świętokrzyskie=26|Warmia-Masuria=28|Greater Poland=30|West Pomerania=32",
    "CZ": "Prague=10|Central Bohemia=20|South Bohemian Region=31|Plzeň Region=32|Carlsbad Region=41|Ústí nad Labem Region=42|Liberec Region=51|Hradec Králové Region=52|Pardubice Region=53|Vysocina=63|South Moravian=64|Olomouc Region=71|Zlín=72|Moravian-Silesian Region=80",
    "SE": "Stockholm=AB|Västerbotten=AC|Norrbotten=BD|Uppsala=C|Södermanland=D|Östergötland=E|Jönköping=F|Kronoberg=G|Kalmar=H|Gotland=I|Blekinge=K|Skåne=M|Halland=N|Västra Götaland=O|Värmland=S|Örebro=T|Västmanland=U|Dalarna=W|Gävleborg=X|Västernorrland=Y|Jämtland=Z",
    "DK": "North Denmark=81|Central Jutland=82|South Denmark=83|Capital Region=84|Zealand=85",
    "FI": "South Karelia=02|South Ostrobothnia=03|South Savo=04|Kainuu=05|Kanta-Häme=06|Central Ostrobothnia=07|Central Finland=08|Kymenlaakso=09|Lapland=10|Pirkanmaa=11|Ostrobothnia=12|North Karelia=13|North Ostrobothnia=14|North Savo=15|Paijat-Hame=16|Satakunta=17|Uusimaa=18|Southwest Finland=19",
    "NO": "Oslo=03|Rogaland=11|Møre og Romsdal=15|Nordland=18|Innlandet=34|Agder=42|Vestland=46|Trøndelag=50",
    "IN": "Andaman and Nicobar=AN|Andhra Pradesh=AP|Arunachal Pradesh=AR|Assam=AS|Bihar=BR|Chandigarh=CH|Chhattisgarh=CG|Dadra and Nagar Haveli and Daman and Diu=DH|Delhi=DL|Goa=GA|Gujarat=GJ|Haryana=HR|Himachal Pradesh=HP|Jammu and Kashmir=JK|Jharkhand=JH|Karnataka=KA|Kerala=KL|Ladakh=LA|Lakshadweep=LD|Madhya Pradesh=MP|Maharashtra=MH|Manipur=MN|Meghalaya=ML|Mizoram=MZ|Nagaland=NL|Odisha=OD|Puducherry=PY|Punjab=PB|Rajasthan=RJ|Sikkim=SK|Tamil Nadu=TN|Telangana=TS|Tripura=TR|Uttar Pradesh=UP|Uttarakhand=UK|West Bengal=WB",
    "BR": "Acre=AC|Alagoas=AL|Amapá=AP|Amazonas=AM|Bahia=BA|Ceará=CE|Federal District=DF|Espírito Santo=ES|Goiás=GO|Maranhão=MA|Mato Grosso=MT|Mato Grosso do Sul=MS|Minas Gerais=MG|Pará=PA|Paraíba=PB|Paraná=PR|Pernambuco=PE|Piauí=PI|Rio de Janeiro=RJ|Rio Grande do Norte=RN|Rio Grande do Sul=RS|Rondônia=RO|Roraima=RR|Santa Catarina=SC|São Paulo=SP|Sergipe=SE|Tocantins=TO",
    "MX": "Aguascalientes=AGU|Baja California=BCN|Baja California Sur=BCS|Campeche=CAM|Chiapas=CHP|Chihuahua=CHH|Coahuila=COA|Colima=COL|Durango=DUR|Guanajuato=GUA|Guerrero=GRO|Hidalgo=HID|Jalisco=JAL|México=MEX|Mexico City=CMX|Michoacán=MIC|Morelos=MOR|Nayarit=NAY|Nuevo León=NLE|Oaxaca=OAX|Puebla=PUE|Querétaro=QUE|Quintana Roo=ROO|San Luis Potosí=SLP|Sinaloa=SIN|Sonora=SON|Tabasco=TAB|Tamaulipas=TAM|Tlaxcala=TLA|Veracruz=VER|Yucatán=YUC|Zacatecas=ZAC",
    "AR": "Salta=A|Buenos Aires=B|Buenos Aires F.D.=C|San Luis=D|Entre Rios=E|La Rioja=F|Santiago del Estero=G|Chaco=H|San Juan=J|Catamarca=K|La Pampa=L|Mendoza=M|Misiones=N|Formosa=P|Neuquen=Q|Rio Negro=R|Santa Fe=S|Tucuman=T|Chubut=U|Tierra del Fuego=V|Corrientes=W|Cordoba=X|Jujuy=Y|Santa Cruz=Z",
    "CL": "Arica y Parinacota Region=AP|Tarapacá=TA|Antofagasta=AN|Atacama=AT|Coquimbo Region=CO|Valparaiso=VS|Santiago Metropolitan=RM|O'Higgins Region=LI|Maule Region=ML|Ñuble=NB|Biobio=BI|Araucania=AR|Los Ríos Region=LR|Los Lagos Region=LL|Aysén=AI|Region of Magallanes=MA",
    "JP": "Hokkaido=01|Aomori=02|Iwate=03|Miyagi=04|Akita=05|Yamagata=06|Fukushima=07|Ibaraki=08|Tochigi=09|Gunma=10|Saitama=11|Chiba=12|Tokyo=13|Kanagawa=14|Niigata=15|Toyama=16|Ishikawa=17|Fukui=18|Yamanashi=19|Nagano=20|Gifu=21|Shizuoka=22|Aichi=23|Mie=24|Shiga=25|Kyoto=26|Osaka=27|Hyōgo=28|Nara=29|Wakayama=30|Tottori=31|Shimane=32|Okayama=33|Hiroshima=34|Yamaguchi=35|Tokushima=36|Kagawa=37|Ehime=38|Kochi=39|Fukuoka=40|Saga=41|Nagasaki=42|Kumamoto=43|Oita=44|Miyazaki=45|Kagoshima=46|Okinawa=47",
    "KR": "Seoul=11|Busan=26|Daegu=27|Incheon=28|Gwangju=29|Daejeon=30|Ulsan=31|Gyeonggi-do=41|Gangwon-do=42|North Chungcheong=43|Chungcheongnam-do=44|Jeollabuk-do=45|Jeollanam-do=46|Gyeongsangbuk-do=47|Gyeongsangnam-do=48|Jeju-do=49|Sejong-si=50",
    "CN": "Anhui=AH|Beijing=BJ|Chongqing=CQ|Fujian=FJ|Gansu=GS|Guangdong=GD|Guangxi=GX|Guizhou=GZ|Hainan=HI|Hebei=HE|Heilongjiang=HL|Henan=HA|Hubei=HB|Hunan=HN|Inner Mongolia=NM|Jiangsu=JS|Jiangxi=JX|Jilin=JL|Liaoning=LN|Ningxia=NX|Qinghai=QH|Shaanxi=SN|Shandong=SD|Shanghai=SH|Shanxi=SX|Sichuan=SC|Tianjin=TJ|Tibet=XZ|Xinjiang=XJ|Yunnan=YN|Zhejiang=ZJ",
    "NZ": "Auckland=AUK|Bay of Plenty=BOP|Canterbury=CAN|Chatham Islands=CIT|Gisborne=GIS|Hawke's Bay Region=HKB|Manawatu-Wanganui=MWT|Marlborough=MBH|Nelson Region=NSN|Northland=NTL|Otago=OTA|Southland=STL|Taranaki Region=TKI|Tasman District=TAS|Waikato Region=WKO|Wellington Region=WGN|West Coast=WTC",
    "ZA": "Eastern Cape=EC|Free State=FS|Gauteng=GP|KwaZulu-Natal=KZN|Limpopo=LP|Mpumalanga=MP|North West=NW|Northern Cape=NC|Western Cape=WC",
    "AE": "Abu Dhabi=AZ|Ajman=AJ|Dubai=DU|Fujairah=FU|Ras Al Khaimah=RK|Sharjah=SH|Umm Al Quwain=UQ",
    "MY": "Johor=01|Kedah=02|Kelantan=03|Melaka=04|Negeri Sembilan=05|Pahang=06|Penang=07|Perak=08|Perlis=09|Selangor=10|Terengganu=11|Sabah=12|Sarawak=13|Kuala Lumpur=14|Labuan=15|Putrajaya=16",
    "IL": "Southern District=D|Haifa=HA|Jerusalem=JM|Central District=M|Tel Aviv=TA|Northern District=Z",
    "RO": "Alba County=AB|Arad County=AR|Arges=AG|Bacău County=BC|Bihor County=BH|Bistrița-Năsăud County=BN|Botoșani County=BT|Brașov County=BV|Brăila County=BR|Bucharest=B|Buzău County=BZ|Caraș-Severin County=CS|Călărași County=CL|Cluj County=CJ|Constanța County=CT|Covasna County=CV|Dâmbovița County=DB|Dolj=DJ|Galați County=GL|Giurgiu County=GR|Gorj County=GJ|Harghita County=HR|Hunedoara County=HD|Ialomița County=IL|Iași County=IS|Ilfov=IF|Maramureş=MM|Mehedinți County=MH|Mureș County=MS|Neamț County=NT|Olt=OT|Prahova=PH|Satu Mare County=SM|Sălaj County=SJ|Sibiu County=SB|Suceava=SV|Teleorman County=TR|Timiș County=TM|Tulcea County=TL|Vaslui County=VS|Vâlcea County=VL|Vrancea=VN",
    "PK": "Azad Kashmir=JK|Balochistan=BA|Gilgit-Baltistan=GB|Islamabad=IS|Khyber Pakhtunkhwa=KP|Punjab=PB|Sindh=SD",
}

# The United States have postal letters in GeoNames, which are the ISO codes. The outlying areas are
# countries of their own in GeoNames and ISO 3166-1, and subdivisions of US in ISO 3166-2 as well.
US_OUTLYING = {
    "AS": "American Samoa",
    "GU": "Guam",
    "MP": "Northern Mariana Islands",
    "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
}

_TABLE = {
    country: dict(pair.rsplit("=", 1) for pair in pairs.split("|")) for country, pairs in NAMES.items()
}


def iso_code(country, admin1, name):
    """`US-NY`, or an empty string where no code is certain."""
    if country == "US":
        return f"US-{admin1}"
    code = _TABLE.get(country, {}).get(name)
    return f"{country}-{code}" if code else ""


def unused(regions):
    """Names of the table that no GeoNames region bears: a typing error, so the build stops."""
    seen = {(country, name) for country, _, name in regions}
    return [(c, n) for c, names in _TABLE.items() for n in names if (c, n) not in seen]
