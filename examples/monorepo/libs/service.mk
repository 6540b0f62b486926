# What `make` can do in the folder of a service.
.PHONY: test lint build deploy smoke

test: build
	PORT=1 build/serve.sh | grep -q 'listens on 1$$'

lint:
	sh -n serve.sh && sh -n ../../libs/lib.sh

build:
	mkdir -p build
	cp serve.sh ../../libs/lib.sh build/

deploy:
	rsync --archive --rsh "ssh -i $$DEPLOY_KEY" "$(BUILD)/" "deploy@$(TARGET).acme.example:/srv/$(notdir $(CURDIR))/$(PORT)/"

smoke:
	curl --fail --silent --show-error "$(URL)/health"
