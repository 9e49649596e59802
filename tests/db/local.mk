db_tests += %D%/test-blob
%C%_test_blob_SOURCES = %D%/test-blob.c
%C%_test_blob_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-db
%C%_test_db_SOURCES = %D%/test-db.c
%C%_test_db_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-db-tx
%C%_test_db_tx_SOURCES = %D%/test-db-tx.c
%C%_test_db_tx_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-migrate
%C%_test_migrate_SOURCES = %D%/test-migrate.c
%C%_test_migrate_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-message
%C%_test_message_SOURCES = %D%/test-message.c
%C%_test_message_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-participant
%C%_test_participant_SOURCES = %D%/test-participant.c
%C%_test_participant_LDADD = libpntest.a $(TICKETING)

db_tests += %D%/test-person
%C%_test_person_SOURCES = %D%/test-person.c
%C%_test_person_LDADD = libpntest.a $(TICKETING)
